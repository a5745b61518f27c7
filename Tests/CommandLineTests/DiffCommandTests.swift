import Foundation
import TestSupport
import Testing

@Suite struct DiffCommandTests {
  /// The changes between two boards, as `kind what name`.
  private func changes(_ old: String, _ new: String, _ options: String...) throws -> [String] {
    let files = try folder(["old.dts": old, "new.dts": new])
    let run = try CommandRun.dtheap(
      ["diff", "--format", "json"] + options + ["\(files.path)/old.dts", "\(files.path)/new.dts"])
    #expect(run.json["schemaVersion"] as? Int == 1)
    let rows = run.rows("changes")
    #expect(run.status == (rows.isEmpty ? 0 : 1))
    return rows.map { row in
      let isThere = (row["before"] is NSNull, row["after"] is NSNull)
      #expect(isThere == ((row["kind"] as? String) == "added", (row["kind"] as? String) == "removed"))
      return "\(row["kind"] ?? "") \(row["what"] ?? "") \(row["name"] ?? "")"
    }
  }

  private let plain = "r@50000000 { reg = <0x50000000 0x100000>; };"

  @Test func nothingChanges() throws {
    #expect(try changes(board(videoHeap), board(videoHeap)).isEmpty)
    #expect(try changes(board("x: \(videoHeap)"), board("/* moved down a line */\n y: \(videoHeap)")).isEmpty)
  }

  @Test func regionsComeAndGo() throws {
    #expect(try changes(board(""), board(plain)) == ["added region r@50000000"])
    #expect(try changes(board(plain), board("")) == ["removed region r@50000000"])
  }

  @Test func regionsMoveAndGrow() throws {
    #expect(
      try changes(board(plain), board("r@58000000 { reg = <0x58000000 0x200000>; };")) == [
        "renamed region r@50000000", "moved region r@50000000", "resized region r@50000000",
      ])
    #expect(
      try changes(board(plain), board("other@50000000 { reg = <0x50000000 0x100000>; };")) == [
        "renamed region r@50000000"
      ])
  }

  @Test func stateChangesWithTheTree() throws {
    let lost = board(#"r@50000000 { reg = <0x50000000 0x100000>; status = "disabled"; };"#)
    #expect(try changes(board(plain), lost) == ["moved region r@50000000", "state region r@50000000"])
  }

  @Test func heapsFollowTheirRegions() throws {
    let smaller = videoHeap.replacingOccurrences(of: "0x10000000>", with: "0x8000000>")
    #expect(
      try changes(board(videoHeap), board(smaller)) == [
        "resized region video@60000000", "resized pool video@60000000", "resized heap video@60000000",
      ])
    let finer = videoHeap.replacingOccurrences(of: "<4>", with: "<3>")
    #expect(try changes(board(videoHeap), board(finer)) == ["state heap video@60000000"])
  }

  @Test func kernelsAreCompared() throws {
    let run = try CommandRun.dtheap(
      "diff", "--kernel", "6.1", "--kernel", "6.17", "-", input: board(videoHeap))
    #expect(run.status == 1)
    #expect(run.output.contains("- <stdin>, Linux 6.1 on arm64\n+ <stdin>, Linux 6.17 on arm64\n"))
    #expect(run.output.contains("renamed  heap    reserved  -> default_cma_region"))
    let same = try CommandRun.dtheap(
      "diff", "--kernel", "6.1", "--kernel", "6.1", "-", input: board(videoHeap))
    #expect(same.status == 0 && same.output.hasSuffix("no change in regions, pools and heaps\n"))
  }

  @Test func deathIsADifference() throws {
    let files = try folder([
      "a.dts": board(""), "b.dts": "/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; };",
    ])
    let run = try CommandRun.dtheap(
      "diff", "--default-cma", "0", "\(files.path)/a.dts", "\(files.path)/b.dts")
    #expect(run.status == 1 && run.output.contains("the second does not boot\n"))
  }

  @Test(arguments: [
    ["-"], ["-", "-"], ["a", "b", "c"], ["--kernel", "6.1", "-"],
    ["--kernel", "6.1", "--kernel", "6.12", "--kernel", "6.1", "-"], [],
    ["/none/a.dts", "/none/b.dts"],
  ])
  func badUsageIsATwo(arguments: [String]) throws {
    let run = try CommandRun.dtheap(["diff"] + arguments, input: board(""))
    #expect(run.status == 2 && run.output.isEmpty)
  }
}
