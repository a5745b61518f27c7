import FuzzEntry

/// What libFuzzer calls for every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzEntry.readTrace(Array(UnsafeBufferPointer(start: data, count: count)))
  return 0
}
