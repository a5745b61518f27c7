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
  func load(_ more: [String] = []) -> ReadyBindings {
    BindingStore.load(
      directories: directories + more, cache: noCache ? nil : BindingCache.ofUser(), version: Self.version)
  }

  /// The release, and which build of it: what another build has compiled is not used.
  private static var version: String {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return DTHeap.configuration.version }
    return
      "\(DTHeap.configuration.version) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}
