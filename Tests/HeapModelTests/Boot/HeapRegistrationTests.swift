import Testing

@testable import HeapModel

@Suite struct HeapRegistrationTests {
  private let pool = fixed("pool@50000000", 0x5000_0000, 256 * mib, asCMA)

  private func user(_ compatible: String, _ change: (inout RegionUser) -> Void) -> RegionUser {
    var user = RegionUser(identifier: 7, path: "/heap")
    user.compatible = [compatible]
    user.memoryRegions = [100]
    change(&user)
    return user
  }

  private func boot(_ nodes: [RegionNode], _ users: [RegionUser], _ profile: KernelProfile = linux61)
    -> MemoryMap
  {
    var board = makeBoard(nodes)
    board.users = users
    return MemoryMap(booting: board, with: profile)
  }

  @Test func defaultAreaIsACMAHeap() {
    #expect(boot([], []).heaps.map(\.device) == ["/dev/dma_heap/reserved"])
    let node = fixed("linux,cma@50000000", 0x5000_0000, 16 * mib, asDefault)
    #expect(boot([node], []).heaps.first?.name == "linux,cma@50000000")
    #expect(boot([node], [], .linux617Arm64).heaps.first?.name == "default_cma_region")
  }

  @Test func regionIsAHeap() {
    let nodes = [
      fixed("ka", 0x6000_0000, 8 * mib) { $0.compatible = ["linux,dma-heap-chunk"] },
      fixed("kb", 0x6100_0000, 8 * mib) {
        $0.compatible = ["dma_heap,chunk"]
        $0.chunkOrder = cells32(6)
      },
      fixed("kc", 0x6200_0000, 8 * mib) {
        $0.compatible = ["dma_heap,chunk"]
        $0.chunkOrder = cells32(40)
      },
    ]
    let map = boot(nodes, [])
    let chunks = map.heaps.filter { $0.type == .chunk }
    #expect(chunks.map(\.name) == ["ka", "kb"] && chunks.map(\.chunkOrder) == [4, 6])
    #expect(chunks.map(\.chunks) == [128, 32] && chunks.allSatisfy { $0.variant == .failfast })
    #expect(map.heapFailures == [.init(name: "kc", node: 102, variant: .failfast, reason: .chunkTooLarge)])
  }

  @Test func deviceOnAPoolIsAHeap() {
    let heap = user("linux,dma-heap-chunk") { $0.alignment = cells32(65536) }
    let registered = boot([pool], [heap]).heaps.last
    #expect(registered?.name == "pool@50000000" && registered?.variant == .pageblockScan)
    #expect(registered?.chunkSize == ByteCount(65536) && registered?.chunks == 4096 && registered?.node == 7)
    // No power of two is rounded up to a block that holds it.
    let odd = user("linux,dma-heap-chunk") { $0.alignment = cells32(65537) }
    #expect(boot([pool], [odd]).heaps.last?.chunkOrder == 5)
  }

  @Test func deviceWithoutAreaIsRefused() {
    let heap = user("dma_heap,chunk") { $0.alignment = cells32(65536) }
    let plain = fixed("r@50000000", 0x5000_0000, 16 * mib)
    #expect(boot([plain], [heap]).heapFailures.map(\.reason) == [.noArea])
    #expect(boot([pool], [user("dma_heap,chunk") { _ in }]).heapFailures.map(\.reason) == [.noChunkSize])
    let dangling = user("dma_heap,chunk") { $0.memoryRegions = [nil] }
    #expect(boot([pool], [dangling]).heapFailures.map(\.reason) == [.noRegion])
  }

  @Test func productHeapHasATwin() {
    let heap = user("samsung,dma-heap-chunk") {
      $0.heapName = Array("vframe\0".utf8)
      $0.heapAlignment = cells32(65536)
      $0.flags = ["video_aligned"]
    }
    let heaps = boot([pool], [heap]).heaps.filter { $0.type == .chunk }
    #expect(heaps.map(\.name) == ["vframe", "vframe-uncached"] && heaps.map(\.isUncached) == [false, true])
    #expect(heaps.allSatisfy { $0.variant == .halving && $0.flags == ["video_aligned"] })
  }

  @Test func secureProductHeapNeedsProtection() {
    var heap = user("samsung,dma-heap-chunk") {
      $0.heapName = Array("vsecure\0".utf8)
      $0.secure = true
    }
    #expect(boot([pool], [heap]).heapFailures.map(\.reason) == [.noProtection])
    heap.protectionID = cells32(2)
    let registered = boot([pool], [heap]).heaps.filter { $0.type == .chunk }
    #expect(registered.map(\.name) == ["vsecure-secure"] && registered.first?.chunkOrder == 0)
    heap.heapName = nil
    #expect(boot([pool], [heap]).heapFailures.map(\.reason) == [.noName])
  }

  @Test func namesAreUnique() {
    let heap = user("linux,dma-heap-chunk") { $0.alignment = cells32(65536) }
    let map = boot([pool], [heap, heap])
    #expect(map.heapFailures.map(\.reason) == [.nameTaken])
  }

  @Test func kernelWithoutTheDriver() {
    var profile = linux61
    profile.hasChunkHeap = false
    let heap = user("linux,dma-heap-chunk") { $0.alignment = cells32(65536) }
    #expect(boot([pool], [heap], profile).heaps.map(\.name) == ["reserved"])
  }

  @Test func everyReusablePoolIsAHeapSince619() {
    let nodes = [
      fixed("frames@50000000", 0x5000_0000, 8 * mib, asCMA),
      fixed("main@60000000", 0x6000_0000, 8 * mib, asDefault),
    ]
    let map = MemoryMap(booting: makeBoard(nodes), with: .linux619Arm64)
    #expect(map.heaps.map(\.name) == ["default_cma_region", "frames@50000000"] && !map.profile.isVerified)
    #expect(MemoryMap(booting: makeBoard(nodes), with: .linux617Arm64).heaps.count == 1)
  }
}
