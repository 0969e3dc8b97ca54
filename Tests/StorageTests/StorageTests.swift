import Testing

/// One test at a time: a child process holds a copy of every lock of its parent for the moment
/// between fork and exec, and other tests would find their directory in use.
@Suite(.serialized) struct StorageTests {}
