import Testing

@testable import HeapModel

@Suite struct FrameFormatTests {
  @Test(
    arguments: [
      (FrameFormat.nv12, 3_110_400), (.nv21, 3_110_400), (.nv16, 4_147_200), (.p010, 6_220_800),
      (.p016, 6_220_800), (.yuv420, 3_110_400), (.yuyv, 4_147_200), (.rgb565, 4_147_200),
      (.rgb888, 6_220_800),
      (.xrgb8888, 8_294_400), (.argb8888, 8_294_400),
    ] as [(FrameFormat, UInt64)])
  func sizesOfFullHD(format: FrameFormat, bytes: UInt64) {
    #expect(format.size(width: 1920, height: 1080) == ByteCount(bytes))
  }

  @Test func sizesOfTheThreads() {
    #expect(FrameFormat.p010.size(width: 7680, height: 4320) == ByteCount(99_532_800))
    #expect(FrameFormat.p010.size(width: 3840, height: 2160) == ByteCount(24_883_200))
  }

  @Test func planesFollowTheAlignedStride() throws {
    let nv12 = try #require(
      FrameFormat.nv12.planes(width: 1000, height: 1080, strideAlignment: 256, heightAlignment: 16))
    #expect(nv12.map(\.strideBytes) == [1024, 1024])
    #expect(nv12.map(\.rows) == [1088, 544])
    let planar = try #require(FrameFormat.yuv420.planes(width: 1000, height: 10, strideAlignment: 64))
    #expect(planar.map(\.strideBytes) == [1024, 512, 512])
    #expect(planar.map(\.size.bytes) == [10240, 2560, 2560])
    let rgb = try #require(FrameFormat.rgb888.planes(width: 10, height: 2, strideAlignment: 64))
    #expect(rgb.map(\.strideBytes) == [64])
  }

  @Test func oddSizesKeepTheLastPixel() throws {
    let nv12 = try #require(FrameFormat.nv12.planes(width: 5, height: 3))
    #expect(nv12.map(\.strideBytes) == [5, 6])
    #expect(nv12.map(\.rows) == [3, 2])
    #expect(FrameFormat.yuyv.size(width: 3, height: 1) == ByteCount(8))
  }

  @Test(arguments: FrameFormat.allCases)
  func refusesWhatHasNoSize(format: FrameFormat) {
    #expect(format.size(width: 0, height: 1) == nil)
    #expect(format.size(width: 1, height: 0) == nil)
    #expect(format.size(width: 1, height: 1, strideAlignment: 0) == nil)
    #expect(format.size(width: 1, height: 1, heightAlignment: 0) == nil)
    #expect(format.size(width: .max, height: .max) == nil)
    #expect(format.size(width: 2, height: 2, heightAlignment: .max) == nil)
  }

  /// Sizes as the driver's own check computes them: blocks of 16 by 16 pixels, 384, 512, 512 and 1024 bytes each.
  @Test func compressedFramesHoldTheWorstCase() {
    let blocks: UInt64 = 240 * 135
    let sizes: [(FrameFormat, UInt64)] = [
      (.nv12AFBC, 384), (.p010AFBC, 512), (.nv16AFBC, 512), (.xrgb8888AFBC, 1024),
    ]
    for (format, block) in sizes {
      #expect(format.size(width: 3840, height: 2160)?.bytes == blocks * 16 + blocks * block)
      #expect(format.planes(width: 17, height: 1)?.map(\.size.bytes) == [128, 2 * block])
      #expect(format.size(width: .max, height: .max) == nil)
    }
  }
}
