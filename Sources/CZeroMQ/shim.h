#include <zmq.h>
// What a poller waits for besides sockets; the Glibc module leaves these two out.
#include <sys/eventfd.h>
#include <sys/signalfd.h>
