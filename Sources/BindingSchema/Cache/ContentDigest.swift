/// The SHA-256 digest of a sequence of bytes (FIPS 180-4, section 6.2).
///
/// It names what the cache keeps: an accidental or a made collision would let a check run with the wrong bindings. It
/// is the project's only use of cryptography, for which a library would bring more code than all the rest.
struct ContentDigest {
  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]

  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// Takes in the bytes of a part, after its length, so that no other division into parts has the same digest.
  mutating func add(part: [UInt8]) {
    let length = UInt64(part.count)
    add((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
    add(part)
  }

  /// Takes in bytes.
  /// - Complexity: O(*n*).
  mutating func add(_ bytes: [UInt8]) {
    byteCount += UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let taken = rest.prefix(64 - pending.count)
      pending += taken
      rest = rest.dropFirst(taken.count)
      guard pending.count == 64 else { return }
      pending.withUnsafeBufferPointer { compress($0) }
      pending = []
    }
    rest.withUnsafeBufferPointer { buffer in
      var start = 0
      while buffer.count - start >= 64 {
        compress(UnsafeBufferPointer(rebasing: buffer[start..<start + 64]))
        start += 64
      }
      pending = Array(buffer[start...])
    }
  }

  /// The digest of what was taken in, as 64 hexadecimal digits.
  func hexadecimal() -> String {
    var last = self
    let bitCount = byteCount &* 8
    let zeros = (119 - pending.count % 64) % 64
    last.add([0x80] + [UInt8](repeating: 0, count: zeros))
    last.add((0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * $0)) })
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in last.state {
      for shift in stride(from: 28, through: 0, by: -4) {
        text.append(digits[Int(word >> UInt32(shift)) & 15])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Takes in a block of 64 bytes.
  private mutating func compress(_ block: UnsafeBufferPointer<UInt8>) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
      for index in 0..<16 {
        let at = index * 4
        schedule[index] =
          UInt32(block[at]) << 24 | UInt32(block[at + 1]) << 16 | UInt32(block[at + 2]) << 8
          | UInt32(block[at + 3])
      }
      for index in 16..<64 {
        let (early, late) = (schedule[index - 15], schedule[index - 2])
        let s0 = early.rotatedRight(7) ^ early.rotatedRight(18) ^ early >> 3
        let s1 = late.rotatedRight(17) ^ late.rotatedRight(19) ^ late >> 10
        schedule[index] = schedule[index - 16] &+ s0 &+ schedule[index - 7] &+ s1
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      Self.roundConstants.withUnsafeBufferPointer { constants in
        for index in 0..<64 {
          let s1 = e.rotatedRight(6) ^ e.rotatedRight(11) ^ e.rotatedRight(25)
          let first = h &+ s1 &+ (e & f ^ ~e & g) &+ constants[index] &+ schedule[index]
          let s0 = a.rotatedRight(2) ^ a.rotatedRight(13) ^ a.rotatedRight(22)
          let second = s0 &+ (a & b ^ a & c ^ b & c)
          (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
      }
      for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }
  }
}

extension UInt32 {
  /// The bits turned to the right.
  fileprivate func rotatedRight(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
