/// The release of the daemon and its tools.
public enum Version {
    public static let current = "0.1.0"
}
