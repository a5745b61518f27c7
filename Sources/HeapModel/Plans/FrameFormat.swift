/// A pixel format of video frames, as its planes lie in memory.
public enum FrameFormat: String, Hashable, Sendable, CaseIterable {
  /// 4:2:0, 8 bits, a plane of luma and one of interleaved chroma.
  case nv12 = "NV12"
  /// As NV12 with the chroma samples swapped.
  case nv21 = "NV21"
  /// 4:2:2, 8 bits, a plane of luma and one of interleaved chroma.
  case nv16 = "NV16"
  /// 4:2:0, 10 bits in 16, a plane of luma and one of interleaved chroma.
  case p010 = "P010"
  /// 4:2:0, 16 bits, a plane of luma and one of interleaved chroma.
  case p016 = "P016"
  /// 4:2:0, 8 bits, three planes.
  case yuv420 = "YUV420"
  /// 4:2:2, 8 bits, packed.
  case yuyv = "YUYV"
  /// 16 bits a pixel.
  case rgb565 = "RGB565"
  /// 24 bits a pixel.
  case rgb888 = "RGB888"
  /// 32 bits a pixel, 8 of them unused.
  case xrgb8888 = "XRGB8888"
  /// 32 bits a pixel.
  case argb8888 = "ARGB8888"
  /// 4:2:0, 8 bits, in Arm's frame buffer compression.
  case nv12AFBC = "NV12-AFBC"
  /// 4:2:2, 8 bits, in Arm's frame buffer compression.
  case nv16AFBC = "NV16-AFBC"
  /// 4:2:0, 10 bits packed, in Arm's frame buffer compression.
  case p010AFBC = "P010-AFBC"
  /// 32 bits a pixel in Arm's frame buffer compression.
  case xrgb8888AFBC = "XRGB8888-AFBC"

  /// The shape of one plane: an element covers `across` by `down` pixels and takes `bytes`.
  private struct Plane {
    let across: UInt64
    let down: UInt64
    let bytes: UInt64
  }

  private var planes: [Plane] {
    switch self {
    case .nv12, .nv21: [Plane(across: 1, down: 1, bytes: 1), Plane(across: 2, down: 2, bytes: 2)]
    case .nv16: [Plane(across: 1, down: 1, bytes: 1), Plane(across: 2, down: 1, bytes: 2)]
    case .p010, .p016: [Plane(across: 1, down: 1, bytes: 2), Plane(across: 2, down: 2, bytes: 4)]
    case .yuv420:
      [Plane(across: 1, down: 1, bytes: 1)]
        + [Plane](repeating: Plane(across: 2, down: 2, bytes: 1), count: 2)
    case .yuyv: [Plane(across: 2, down: 1, bytes: 4)]
    case .rgb565: [Plane(across: 1, down: 1, bytes: 2)]
    case .rgb888: [Plane(across: 1, down: 1, bytes: 3)]
    case .xrgb8888, .argb8888: [Plane(across: 1, down: 1, bytes: 4)]
    case .nv12AFBC, .nv16AFBC, .p010AFBC, .xrgb8888AFBC: []
    }
  }

  /// Bits a pixel inside Arm's frame buffer compression; nil for a format without it.
  private var compressedBits: UInt64? {
    switch self {
    case .nv12AFBC: 12
    case .p010AFBC: 15
    case .nv16AFBC: 16
    case .xrgb8888AFBC: 32
    default: nil
    }
  }

  /// The header and the body of a compressed frame: 16 bytes and room for an uncompressed block for each 16 by 16
  /// pixels. What the compression saves is bandwidth; the buffer has to hold the worst case.
  ///
  /// - Source: Linux 6.1 drivers/gpu/drm/arm/malidp_drv.c, malidp_verify_afbc_framebuffer_size: blocks and the header
  ///   are multiples of 128 bytes.
  private static func compressedPlanes(
    bits: UInt64, width: UInt64, height: UInt64, strideAlignment: UInt64, heightAlignment: UInt64
  ) -> [FramePlane]? {
    guard let rows = roundUp(height, to: heightAlignment) else { return nil }
    let across = quotient(width, 16)
    let down = quotient(rows, 16)
    guard let blocks = product(across, down),
      let header = product(blocks, 16).flatMap({ roundUp($0, to: 128) }),
      let block = roundUp(bits * 256 / 8, to: 128),
      let stride = product(across, block).flatMap({ roundUp($0, to: strideAlignment) }),
      let body = product(stride, down)
    else { return nil }
    return [
      FramePlane(strideBytes: across * 16, rows: down, size: ByteCount(header)),
      FramePlane(strideBytes: stride, rows: down, size: ByteCount(body)),
    ]
  }

  /// The planes of a frame.
  ///
  /// The first plane's stride is rounded up to the alignment; the others follow from it, so that all planes cover
  /// the same pixels. Rows are rounded up to the height alignment before chroma is halved; an odd width or height has a
  /// chroma sample for the last pixel.
  ///
  /// - Parameters:
  ///   - width: in pixels, from 1.
  ///   - height: in pixels, from 1.
  ///   - strideAlignment: in bytes, from 1.
  ///   - heightAlignment: in rows, from 1.
  /// - Returns: the planes in the order of memory, of a compressed frame header and body; nil where a number is 0 or
  ///   the size is 2^64 or more.
  public func planes(
    width: UInt64, height: UInt64, strideAlignment: UInt64 = 1, heightAlignment: UInt64 = 1
  ) -> [FramePlane]? {
    guard width > 0, height > 0, strideAlignment > 0, heightAlignment > 0 else { return nil }
    if let bits = compressedBits {
      return Self.compressedPlanes(
        bits: bits, width: width, height: height, strideAlignment: strideAlignment,
        heightAlignment: heightAlignment)
    }
    guard let luma = planes.first,
      let rowBytes = Self.product(Self.quotient(width, luma.across), luma.bytes),
      let stride = Self.roundUp(rowBytes, to: strideAlignment),
      let rows = Self.roundUp(height, to: heightAlignment)
    else { return nil }
    var result: [FramePlane] = []
    for (number, plane) in planes.enumerated() {
      let pixels = Self.product(Self.quotient(stride, luma.bytes), luma.across)
      let derived = pixels.flatMap { Self.product(Self.quotient($0, plane.across), plane.bytes) }
      guard let own = number == 0 ? stride : derived else { return nil }
      let ownRows = Self.quotient(rows, plane.down)
      guard let size = Self.product(own, ownRows) else { return nil }
      result.append(FramePlane(strideBytes: own, rows: ownRows, size: ByteCount(size)))
    }
    return result
  }

  /// The size of a frame whose planes lie one behind the other, with the parameters of
  /// ``planes(width:height:strideAlignment:heightAlignment:)``.
  ///
  /// - Returns: nil where a number is 0 or the size is 2^64 or more.
  public func size(
    width: UInt64, height: UInt64, strideAlignment: UInt64 = 1, heightAlignment: UInt64 = 1
  ) -> ByteCount? {
    let planes = planes(
      width: width, height: height, strideAlignment: strideAlignment, heightAlignment: heightAlignment)
    var total: UInt64 = 0
    for plane in planes ?? [] {
      let (sum, overflow) = total.addingReportingOverflow(plane.size.bytes)
      if overflow { return nil }
      total = sum
    }
    return planes == nil ? nil : ByteCount(total)
  }

  private static func product(_ a: UInt64, _ b: UInt64) -> UInt64? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }

  /// `a / b` rounded up, for `b` from 1.
  private static func quotient(_ a: UInt64, _ b: UInt64) -> UInt64 { a / b + (a % b == 0 ? 0 : 1) }

  private static func roundUp(_ value: UInt64, to multiple: UInt64) -> UInt64? {
    product(quotient(value, multiple), multiple)
  }
}

/// One plane of a frame.
public struct FramePlane: Hashable, Sendable {
  /// Bytes from the start of one row to the start of the next.
  public let strideBytes: UInt64
  /// Rows, with the alignment.
  public let rows: UInt64
  /// Stride times rows.
  public let size: ByteCount
}
