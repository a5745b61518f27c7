import Testing

@testable import HeapModel

@Suite struct KernelProfileTests {
  @Test func namesHaveProfiles() {
    #expect(KernelProfile.names(.arm64) == KernelProfile.names && KernelProfile.names(.arm) == ["6.1"])
    #expect(KernelProfile.named("6.12", .arm) == nil && KernelProfile.named("4.4", .arm64) == nil)
    for name in KernelProfile.names { #expect(KernelProfile.named(name, .arm64)?.name == name) }
  }

  @Test func defaultIsTheNewestVerified() {
    for architecture in Architecture.allCases {
      let verified = KernelProfile.names(architecture).filter {
        KernelProfile.named($0, architecture)?.isVerified == true
      }
      #expect(KernelProfile.default(architecture).name == verified.last)
      #expect(KernelProfile.default(architecture).architecture == architecture)
    }
  }

  @Test func minimumOfCMA() {
    #expect(linux61.cmaAlignment == 2 * mib && linux612.cmaAlignment == 2 * mib)
    #expect(linuxArm.cmaAlignment == 8 * mib && KernelProfile.linux510Arm64.cmaAlignment == 4 * mib)
    #expect(linux61.with(pageSize: .kib16)?.cmaAlignment == 32 * mib)
    #expect(linux61.with(pageSize: .kib64)?.cmaAlignment == 512 * mib)
    #expect(linuxArm.with(pageSize: .kib16) == nil)
    #expect(linux61.with(pageblockOrder: 12)?.maxOrder == 12 && linux61.with(pageblockOrder: 25) == nil)
  }
}
