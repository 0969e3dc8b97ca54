/// Why the storage directory could not be read or written.
///
/// Three kinds need three answers: ``full(action:)`` passes when there is room again;
/// ``damaged(what:place:)`` and ``endsEarly(lastOffset:watermark:)`` wait for the operator's word;
/// after everything else the daemon stops acknowledging, ends, and recovers at the next start.
public enum StorageError: Error, Equatable, Sendable {
    /// The disk or the quota has no room. Nothing of the write is in; try again later.
    case full(action: String)
    /// The device failed. What it holds is known again only after a restart.
    case inputOutput(action: String, reason: String)
    /// What is in the file is not what was written.
    case damaged(what: String, place: String)
    /// The journal is shorter than it once was: acknowledged events are gone.
    case endsEarly(lastOffset: Int, watermark: Int)
    /// Another process works in the directory.
    case inUse(path: String, holder: String)
    case readOnly(path: String)
    /// The file was written by a later Osier, whose form this one does not know.
    case newerVersion(path: String, found: Int, supported: Int, writer: String)
    /// The file is a database of another program.
    case foreign(path: String)
    /// The file or directory cannot be opened or created.
    case unavailable(path: String, reason: String)
    case recordTooLarge(byteCount: Int, limit: Int)
    case tooManyProducers(limit: Int)
    /// An earlier error has stopped the journal: nothing may be acknowledged any more.
    case stopped(cause: String)
}

extension StorageError {
    /// What is damaged, without the next step.
    var reason: String {
        if case .damaged(let what, let place) = self { return "\(what): \(place)" }
        return description
    }
}

extension StorageError: CustomStringConvertible {
    /// One line: what is wrong, the value seen, what to do next.
    public var description: String {
        switch self {
        case .full(let action):
            "no room on the disk to \(action); free some, learning resumes by itself"
        case .inputOutput(let action, let reason):
            "the disk failed to \(action) (\(reason)); nothing more is acknowledged: "
                + "check the device, then start again to recover"
        case .damaged(let what, let place):
            "\(what) is damaged: \(place); restore a copy, or start with --accept-data-loss to go "
                + "on from what is intact (the damaged file is kept)"
        case .endsEarly(let lastOffset, let watermark):
            "the journal ends at offset \(lastOffset), but offset \(watermark) was durable once: "
                + "acknowledged events are gone; restore a copy, or start with --accept-data-loss"
        case .inUse(let path, let holder):
            "\(path) is in use by \(holder); stop it, or give this daemon its own directory"
        case .readOnly(let path):
            "\(path) cannot be written; make its file system and permissions writable"
        case .newerVersion(let path, let found, let supported, let writer):
            "\(path) has format \(found), written by Osier \(writer); this one reads up to "
                + "\(supported): install that version or a later one"
        case .foreign(let path):
            "\(path) is a database of another program; give Osier a directory of its own"
        case .unavailable(let path, let reason):
            "\(path) cannot be opened (\(reason)); check that it exists and may be written"
        case .recordTooLarge(let byteCount, let limit):
            "a record has \(byteCount) bytes, the limit is \(limit); send less in one sample"
        case .tooManyProducers(let limit):
            "the journal knows more than \(limit) producers; raise the limit, or let producers "
                + "keep their names"
        case .stopped(let cause):
            "the journal has stopped and acknowledges nothing: \(cause)"
        }
    }
}
