import ArgumentParser
import DTParse
import HeapCompiler
import Rendering

extension BoardOptions {
  /// Reads the configuration that holds for a board.
  ///
  /// - Returns: what was read; nil where there is none, or where it is not wanted.
  /// - Throws: `ExitCode` 2 where it is there and cannot be read.
  func configuration(for path: String) throws -> ConfigurationReading? {
    guard !noConfig, let file = ProjectConfiguration.path(for: path) else { return nil }
    do {
      return try ProjectConfiguration.read(path: file)
    } catch {
      throw Reading.refusal(error.description)
    }
  }

  /// The options with what a configuration adds: where the command line says something about a setting, that wins.
  func with(_ configuration: ProjectConfiguration) -> BoardOptions {
    var options = self
    if kernels.isEmpty, let kernel = configuration.kernel { options.kernels = [kernel] }
    options.arch = arch ?? configuration.architecture
    options.kconfig = kconfig ?? configuration.kconfig
    options.cmdline = cmdline ?? configuration.commandLine
    if memory.isEmpty { options.memory = configuration.memory.map { RangeArgument($0) } }
    if occupied.isEmpty { options.occupied = configuration.occupied.map { OccupiedArgument($0) } }
    options.source.includeDirectories += configuration.includeDirectories
    func name(_ define: String) -> Substring { define.prefix { $0 != "=" } }
    let known = Set(source.defines.map(name))
    options.source.defines += configuration.defines.filter { !known.contains(name($0)) }
    return options
  }

  /// The options for one board, its configuration among them; what is wrong with that goes to standard error.
  ///
  /// - Throws: `ExitCode` 2 where the configuration cannot be read, 1 where something is wrong with it.
  func configured(for path: String) throws -> BoardOptions {
    guard let reading = try configuration(for: path) else { return self }
    Reading.printFindings(reading.diagnostics, in: reading.sources)
    if reading.hasErrors { throw ExitCode(1) }
    return with(reading.configuration)
  }
}
