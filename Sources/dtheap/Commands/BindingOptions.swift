import ArgumentParser
import BindingSchema
import Glibc

/// Which bindings a command checks with.
struct BindingOptions: ParsableArguments {
  @Option(
    name: .customLong("bindings"),
    help: ArgumentHelp(
      "Check with the YAML bindings of a folder too; repeatable, and the first wins.", valueName: "dir"))
  var directories: [String] = []

  @Flag(help: "Compile the bindings anew, and leave the cache alone.")
  var noCache = false

  /// The bindings, compiled.
  ///
  /// - Parameter more: folders that count after those of the command line.
  /// - Throws: ``Refusal`` where there is no such folder.
  func load(_ more: [String] = []) throws -> ReadyBindings {
    try Self.requireFolders(directories + more)
    return BindingStore.load(
      directories: directories + more, cache: noCache ? nil : BindingCache.ofUser(), version: Self.version)
  }

  /// Refuses folders that are not there.
  static func requireFolders(_ directories: [String]) throws {
    for directory in directories where access(directory, R_OK) != 0 {
      let reason = String(cString: strerror(errno)).lowercased()
      throw Reading.refusal("cannot read the bindings in `\(directory)`: \(reason)")
    }
  }

  /// The release, and which build of it: what another build has compiled is not used.
  private static var version: String {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return DTHeap.configuration.version }
    return
      "\(DTHeap.configuration.version) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}
