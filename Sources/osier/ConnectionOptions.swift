import ArgumentParser
import OsierClient
import ZeroMQ

/// Which daemon is talked to, on every command that talks to one.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The daemon's endpoint: tcp://HOST:PORT or ipc://PATH.")
    var to: String?

    @Option(help: "Seconds to wait for the daemon.")
    var timeout = 5.0

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout \(timeout): must be above 0, at most 86400")
        }
    }

    /// How a client connects and waits.
    var client: ClientOptions {
        var options = ClientOptions()
        options.timeout = .seconds(timeout)
        return options
    }
}

/// Runs the body; a failure of the daemon's, or on the way to it, becomes one line and exit code 1.
func reportingFailures<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as ClientError {
        StandardError.write("osier: \(error)")
    } catch let error as ZeroMQError {
        StandardError.write("osier: \(error)")
    }
    throw ExitStatus.failure
}
