internal import FoundationEssentials
internal import Glibc

/// What the report says of the machine.
enum Machine {
  /// The machine now; the load after the run is filled in later.
  static func environment() -> Report.Environment {
    var name = utsname()
    uname(&name)
    func text<T>(_ field: T) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let load = load()
    return Report.Environment(
      processor: field("model name", of: "/proc/cpuinfo") ?? "unknown",
      processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
      memoryBytes: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)),
      system: "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))",
      loadBefore: load, loadAfter: load)
  }

  /// Processes that waited to run in the last minute.
  static func load() -> Double {
    var loads = [0.0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }

  /// Now, ISO 8601 in UTC.
  static func timestamp() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func two(_ value: Int32) -> String { (value < 10 ? "0" : "") + "\(value)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }

  private static func field(_ name: String, of path: String) -> String? {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix(name) {
      return line.split(separator: ":", maxSplits: 1).last.map {
        String($0.drop(while: \.isWhitespace))
      }
    }
    return nil
  }
}
