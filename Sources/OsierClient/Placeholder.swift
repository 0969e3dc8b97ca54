// The client library follows.
