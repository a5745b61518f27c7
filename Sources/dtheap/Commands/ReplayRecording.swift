import ArgumentParser
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering

/// The options of `dtheap replay --ftrace`.
struct RecordingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A recording of a device instead of traces: CMA events in ftrace's text; `-` for standard input.",
      valueName: "file"))
  var ftrace: String?

  @Option(
    help: ArgumentHelp(
      "Run the recorded requests on this heap: \(Self.heaps); repeatable. Default: cma, one range each.",
      valueName: "name"))
  var heap: [String] = []

  @Option(
    help: ArgumentHelp(
      "The size of the recorded area; with its name where there are several. Default: as far as is recorded.",
      valueName: "[name=]size"))
  var area: [AreaArgument] = []

  @Option(help: ArgumentHelp("The order of the chunks of chunk heaps.", valueName: "n"))
  var chunkOrder = 4

  @Option(help: ArgumentHelp("The page size of the recorded kernel: 4K, 16K or 64K.", valueName: "size"))
  var pageSize = KernelProfile.PageSize.kib4

  @Option(help: ArgumentHelp("arm64 or arm.", valueName: "name"))
  var arch = Architecture.arm64

  private static let heaps = HeapKind.areaNames.joined(separator: ", ")

  func validate() throws {
    if let other = heap.first(where: { HeapKind.names.contains($0) && !HeapKind.areaNames.contains($0) }) {
      throw ValidationError(
        "heap `\(other)` takes its pages outside areas, and a recording shows only areas; there are \(Self.heaps)"
      )
    }
    if let unknown = heap.first(where: { !HeapKind.areaNames.contains($0) }) {
      throw ValidationError("there is no heap `\(unknown)`; there are \(Self.heaps)")
    }
    guard (0...MemoryGeometry.orderMax).contains(chunkOrder) else {
      throw ValidationError("--chunk-order is from 0 to \(MemoryGeometry.orderMax)")
    }
    if ftrace == nil, !heap.isEmpty || !area.isEmpty {
      throw ValidationError("--heap and --area are for recordings, with --ftrace")
    }
  }

  /// What each run changes; sizes apart.
  func choices() throws -> [FtraceReplay.Choice] {
    var sizes = KernelProfile.BlockSizes()
    sizes.pageSize = pageSize
    guard let profile = KernelProfile.default(arch).with(sizes),
      let geometry = MemoryGeometry(
        pageSizeBytes: pageSize.bytes, pageblockOrder: profile.pageblockOrder, maxOrder: profile.maxOrder + 1)
    else {
      throw Reading.refusal("\(arch.rawValue) has no pages of \(Text.size(pageSize.bytes))")
    }
    return (heap.isEmpty ? ["cma"] : heap).map { name in
      let kind = name == "cma" ? nil : HeapKind.cma().replaced(byKindNamed: name, chunkOrder: chunkOrder)
      return FtraceReplay.Choice(geometry: geometry, kind: kind)
    }
  }
}

/// `SIZE` or `NAME=SIZE` on the command line.
struct AreaArgument: ExpressibleByArgument {
  let name: String?
  let size: ByteQuantity

  init?(argument: String) {
    let equals = argument.lastIndex(of: "=")
    name = equals.map { String(argument[..<$0]) }
    let text = equals.map { String(argument[argument.index(after: $0)...]) } ?? argument
    guard let size = ByteQuantity(text), name != "" else { return nil }
    self.size = size
  }
}

/// Runs a recording of a device.
struct RecordingReplay {
  let options: RecordingOptions
  let format: ReportFormat
  /// Whether a request that is refused and was given ends the command with status 1.
  let isChecking: Bool

  func run(_ path: String) throws {
    let reading: FtraceReading
    do {
      reading = try FtraceFile.read(path: path)
    } catch {
      throw Reading.refusal(error.description)
    }
    Reading.printFindings(reading.diagnostics, in: reading.sources)
    if reading.droppedCount > 0 { Reading.fail("\(reading.droppedCount) more findings") }
    guard let recording = reading.recording else { throw ExitCode(2) }
    let sizes = try sizes(recording)
    var replays: [FtraceReplay] = []
    for area in recording.areas.indices {
      for var choice in try options.choices() {
        choice.areaPages = sizes[area].map { $0 / choice.geometry.pageSizeBytes }
        do {
          replays.append(try FtraceReplay(recording, area: area, choice))
        } catch {
          guard let finding = recording.finding(error, area: area, choice) else {
            throw Reading.refusal(words(error, recording, area))
          }
          Reading.printFindings([finding], in: reading.sources)
          throw ExitCode(2)
        }
      }
    }
    let replayed = ReplayedRecording(name: path, recording: recording, replays: replays)
    switch format {
    case .text: Console.print(RecordingText(replayed).text)
    case .json: Console.print(RecordingDocument.text(replayed))
    }
    if isChecking, replayed.losesRequests { throw ExitCode(1) }
  }

  /// The size that was given for each area, in bytes.
  private func sizes(_ recording: FtraceRecording) throws -> [UInt64?] {
    var sizes = [UInt64?](repeating: nil, count: recording.areas.count)
    let names = Text.list(recording.areas.map(\.name))
    for argument in options.area {
      if argument.name == nil, recording.areas.count > 1 {
        throw Reading.refusal("the recording has the areas \(names): --area takes a name, --area NAME=SIZE")
      }
      guard
        let place = recording.areas.firstIndex(where: { argument.name == nil || $0.name == argument.name })
      else { throw Reading.refusal("the recording has no area `\(argument.name ?? "")`; it has \(names)") }
      sizes[place] = argument.size.bytes
    }
    return sizes
  }

  /// Why the options do not let an area be run.
  private func words(_ failure: FtraceReplay.Failure, _ recording: FtraceRecording, _ area: Int) -> String {
    if case .badChunkOrder = failure { return "there is no chunk order \(options.chunkOrder)" }
    let name = recording.areas[area].name
    return "area `\(name)` has no size that can be run: from one page to \(PageMap.pagesMax) pages"
  }
}
