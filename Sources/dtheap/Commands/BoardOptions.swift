import ArgumentParser
import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering

/// What every command that takes a board can be told about it beside its tree.
struct BoardOptions: ParsableArguments {
  @OptionGroup var source: SourceOptions

  @Option(
    name: .customLong("kernel"),
    help: ArgumentHelp(
      "The kernel: \(KernelProfile.names.joined(separator: ", ")). Default: the newest that boots have verified.",
      valueName: "name"))
  var kernels: [String] = []

  @Option(help: ArgumentHelp("The architecture, where the first CPU does not tell.", valueName: "arm64|arm"))
  var arch: Architecture?

  @Option(help: ArgumentHelp("Read page size, CMA and heaps from a kernel's .config.", valueName: "file"))
  var kconfig: String?

  @Option(help: ArgumentHelp("4K, 16K or 64K.", valueName: "size"))
  var pageSize: KernelProfile.PageSize?

  @Option(help: ArgumentHelp("A pageblock is 2^N pages.", valueName: "n"))
  var pageblockOrder: Int?

  @Option(help: ArgumentHelp("The total number of CMA slots.", valueName: "n"))
  var cmaAreas: Int?

  @Option(help: ArgumentHelp("The size of the default CMA area without `cma=`.", valueName: "size"))
  var defaultCma: ByteQuantity?

  @Option(help: ArgumentHelp("What the kernel does not have: chunk-heap; repeatable.", valueName: "feature"))
  var without: [Feature] = []

  @Option(help: ArgumentHelp("Replace the tree's memory; repeatable.", valueName: "base+size"))
  var memory: [RangeArgument] = []

  @Option(
    help: ArgumentHelp(
      "In use before the kernel looks; repeatable. Behind it may stand `:kernel`, `:dtb` or `:initrd`.",
      valueName: "base+size"))
  var occupied: [OccupiedArgument] = []

  @Option(help: ArgumentHelp("Replace the kernel command line.", valueName: "text"))
  var cmdline: String?

  @Flag(help: "Do not look for a .dtheap.yml in the board's folder and those above.")
  var noConfig = false

  @Option(help: ArgumentHelp("Colour in text: auto, always or never.", valueName: "when"))
  var color = ColorChoice.auto

  /// Part of a kernel that can be missing.
  enum Feature: String, CaseIterable, ExpressibleByArgument {
    case chunkHeap = "chunk-heap"
  }

  func validate() throws {
    if let order = pageblockOrder, !(0...24).contains(order) {
      throw ValidationError("--pageblock-order takes 0 to 24, not \(order)")
    }
    if let areas = cmaAreas, !(0...1 << 16).contains(areas) {
      throw ValidationError("--cma-areas takes 0 to 65536, not \(areas)")
    }
    for name in kernels where !KernelProfile.names.contains(name) {
      throw ValidationError(
        "there is no kernel `\(name)`; there are \(KernelProfile.names.joined(separator: ", "))")
    }
  }

  /// Ends a command that takes one kernel and was given more.
  func requireOneKernel() throws {
    if kernels.count > 1 { throw ValidationError("--kernel can be given once here; `dtheap diff` takes two") }
  }
}

// MARK: The board

extension BoardOptions {
  /// Reads a board and boots it; findings go to standard error.
  ///
  /// - Parameters:
  ///   - path: the board.
  ///   - kernel: the kernel's name, nil for the default.
  /// - Throws: `ExitCode` 2 where the board cannot be had or has no profile, 1 where it makes no tree.
  func boot(_ path: String, kernel: String?) throws -> BootedBoard {
    let options = try configured(for: path)
    let loaded = try Reading.load(path, options.source.loadOptions)
    Reading.printFindings(loaded)
    guard let tree = loaded.tree else { throw ExitCode(1) }
    if tree.isPlugin {
      throw Reading.refusal("`\(path)` is an overlay; name its board, and the overlay with --overlay")
    }
    let name = path == "-" ? FileFindings.standardInput : path
    return try options.boot(loaded, tree, name: name, kernel: kernel ?? options.kernels.first)
  }

  /// Boots a board that has been read with another kernel.
  ///
  /// - Throws: `ExitCode` 2 where the board has no profile.
  func reboot(_ booted: BootedBoard, kernel: String?) throws -> BootedBoard {
    let path = booted.name == FileFindings.standardInput ? "-" : booted.name
    let options = try configured(for: path)
    return try options.boot(
      booted.loaded, booted.tree, name: booted.name, kernel: kernel ?? options.kernels.first)
  }

  private func boot(_ loaded: LoadResult, _ tree: Devicetree, name: String, kernel: String?) throws
    -> BootedBoard
  {
    let board = BoardCompiler.lower(tree, overrides)
    let profile = try profile(for: tree, path: name, kernel: kernel)
    return BootedBoard(
      name: name, loaded: loaded, tree: tree, overrides: overrides, board: board,
      map: MemoryMap(booting: board, with: profile))
  }

  /// What the user says instead of the tree.
  var overrides: BoardCompiler.Overrides {
    var overrides = BoardCompiler.Overrides()
    if !memory.isEmpty { overrides.memory = memory.map(\.range) }
    if !occupied.isEmpty { overrides.occupied = occupied.map(\.occupied) }
    overrides.commandLine = cmdline
    return overrides
  }

  /// The kernel that the options describe.
  ///
  /// - Throws: `ExitCode` 2 where there is none.
  func profile(for tree: Devicetree, path: String, kernel: String?) throws -> KernelProfile {
    let architecture = try architecture(of: tree, path)
    let name = kernel ?? KernelProfile.default(architecture).name
    guard var profile = KernelProfile.named(name, architecture) else {
      let names = KernelProfile.names(architecture).joined(separator: ", ")
      throw Reading.refusal("there is no kernel `\(name)` for \(architecture.rawValue); there is \(names)")
    }
    if let kconfig { profile = try configured(profile, by: kconfig, BoardCompiler.lower(tree, overrides)) }
    if let pageSize {
      guard let changed = profile.with(pageSize: pageSize) else {
        throw Reading.refusal("\(architecture.rawValue) has no pages of \(pageSize.bytes >> 10) KiB")
      }
      profile = changed
    }
    if let pageblockOrder { profile = profile.with(pageblockOrder: pageblockOrder) ?? profile }
    if let cmaAreas { profile.cmaAreaCount = cmaAreas }
    if let defaultCma { profile.defaultCMASize = ByteCount(defaultCma.bytes) }
    if without.contains(.chunkHeap) { profile.hasChunkHeap = false }
    return profile
  }

  private func architecture(of tree: Devicetree, _ path: String) throws -> Architecture {
    if let arch { return arch }
    switch BoardArchitecture(of: tree) {
    case .modelled(let architecture): return architecture
    case .unstated: return .arm64
    case .other(let cpu):
      throw Reading.refusal(
        "`\(path)` has a CPU `\(cpu)`, and no kernel for it is modelled; --arch arm64 or --arch arm takes it for one"
      )
    }
  }

  private func configured(
    _ profile: KernelProfile, by path: String, _ board: BoardConfiguration
  ) throws -> KernelProfile {
    do {
      let bytes = try FileSystem.read(path, bytesMax: 16 << 20).get()
      let configuration = try KernelConfiguration(parsing: bytes)
      // A default area can be a share of the memory that the kernel finds.
      let memory = MemoryMap(booting: board, with: profile).memory.reduce(UInt64(0)) { $0 &+ $1.size.bytes }
      return try configuration.applied(to: profile, memory: ByteCount(memory))
    } catch let problem as KernelConfiguration.Problem {
      throw Reading.refusal("\(path):\(problem.line): \(problem.message)")
    } catch {
      throw Reading.refusal("cannot read `\(path)`: \(error)")
    }
  }
}
