import HeapCompiler
import HeapModel

/// What the parts of a map are called, the same in the text and in the picture.
struct MapLabels {
  private let booted: BootedBoard

  init(_ booted: BootedBoard) { self.booted = booted }

  private var map: MemoryMap { booted.map }

  /// The board and the kernel, in one line.
  var title: String {
    let profile = map.profile
    var line =
      "\(DisplayText.harmless(booted.name)): Linux \(profile.name) on \(profile.architecture.rawValue)"
    line += profile.isVerified ? "" : " (not verified by boots)"
    line +=
      ", \(profile.pageSize.bytes >> 10) KiB pages, CMA minimum \(ByteCount(profile.cmaAlignment).inBinaryUnits)"
    if let end = map.dmaZoneEnd { line += ", DMA zone to 0x" + String(end.value, radix: 16) }
    return line
  }

  /// Whether somebody allocates from it.
  func isPool(_ owner: MapSegment.Owner) -> Bool {
    guard case .region(let row) = owner else { return false }
    return map.regions[row].state == .ready
  }

  /// What holds a piece, and what is wrong with it.
  func words(for owner: MapSegment.Owner) -> (text: String, fault: String?) {
    switch owner {
    case .region(let row): words(for: map.regions[row])
    case .occupied(let kind):
      switch kind {
      case .kernelImage: (booted.board.occupied == nil ? "kernel image (assumed)" : "kernel image", nil)
      case .deviceTree: ("devicetree blob", nil)
      case .initialRamdisk: ("initial ramdisk", nil)
      case .unknown: ("in use at boot", nil)
      }
    case .boot: ("kernel: page tables, page descriptors", nil)
    }
  }

  private func words(for row: ReservedRegion) -> (text: String, fault: String?) {
    let what =
      switch (row.type, row.state) {
      case (.cma, .ready): row.node == nil ? "default CMA area" : "CMA area"
      case (.chunk, .ready): "chunk heap"
      case (.coherent, .ready): "coherent pool"
      case (.restricted, _): "restricted pool"
      default: row.noMap ? "no-map" : "reserved"
      }
    let pair = row.pair > 0 ? "[\(row.pair)]" : ""
    return ("\(DisplayText.harmless(row.name))\(pair)  \(what)", row.isFaulty ? row.state.rawValue : nil)
  }

  /// What sort of heap it is.
  func words(for heap: HeapInstance) -> String {
    guard let chunks = heap.chunks, let size = heap.chunkSize, let variant = heap.variant else {
      return heap.type.rawValue
    }
    var what = "\(chunks) chunks of \(size.inBinaryUnits), \(variant.rawValue)"
    if heap.isUncached { what += ", uncached" }
    if heap.isSecure { what += ", secure" }
    return what
  }
}

extension MapSegment {
  /// The pieces of a board, where small gaps in what the boot takes are part of it.
  static func joined(of booted: BootedBoard) -> [MapSegment] {
    var joined: [MapSegment] = []
    for segment in all(of: booted) {
      let count = joined.count
      if count >= 2, segment.owners == [.boot], joined[count - 2].owners == [.boot],
        joined[count - 1].owners.isEmpty,
        joined[count - 1].size < 64 << 10, joined[count - 2].end == joined[count - 1].base,
        joined[count - 1].end == segment.base
      {
        joined.removeLast()
        joined[count - 2].end = segment.end
      } else {
        joined.append(segment)
      }
    }
    return joined
  }

  /// Whether several regions hold it.
  var isOverlap: Bool {
    owners.count {
      if case .region = $0 { true } else { false }
    } > 1
  }
}
