import Foundation
import TestSupport
import Testing

/// `--bindings`, the cache of compiled bindings, `bindings check` and `explain` with a binding.
@Suite struct BindingCommandTests {
  /// A binding for the node `lamp`.
  private static func lamp(_ more: String = "", maximum: Int = 9, id: String = "lamp") -> String {
    """
    %YAML 1.2
    ---
    $id: http://devicetree.org/schemas/\(id).yaml#
    $schema: http://devicetree.org/meta-schemas/core.yaml#
    title: A lamp
    maintainers: [nobody@example.org]
    properties:
      compatible:
        const: acme,lamp
      acme,level:
        $ref: /schemas/types.yaml#/definitions/uint32
        description: How bright it is. Nobody looks at it.
        maximum: \(maximum)
    required: [compatible, 'acme,level']
    additionalProperties: false
    \(more)
    """
  }

  private static func lit(level: String) -> String {
    board("", "lamp { compatible = \"acme,lamp\"; acme,level = <\(level)>; };")
  }

  /// A folder with a board and bindings, and a cache of its own.
  private struct World {
    let folder: ScratchFolder
    let cache: ScratchFolder

    init(board: String = lit(level: "12"), bindings: [String: String] = ["lamp.yaml": lamp()]) throws {
      folder = try ScratchFolder()
      cache = try ScratchFolder()
      try FileManager.default.createDirectory(atPath: folder.path + "/b", withIntermediateDirectories: true)
      try write("board.dts", board)
      for (name, text) in bindings { try write("b/\(name)", text) }
    }

    var bindings: String { folder.path + "/b" }

    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(filePath: folder.path + "/" + name))
    }

    /// Makes the bindings old enough to be trusted.
    func age() throws {
      for name in try FileManager.default.contentsOfDirectory(atPath: bindings) {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 1_600_000_000)], ofItemAtPath: bindings + "/" + name
        )
      }
    }

    func lint(_ options: String...) throws -> CommandRun {
      try CommandRun.dtheap(
        ["lint", "--format", "json", "--bindings", bindings] + options + [folder.path + "/board.dts"],
        environment: ["DTHEAP_CACHE_DIR": cache.path + "/kept"])
    }

    func cached(_ kind: String) throws -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.path + "/kept")) ?? []
      return names.filter { $0.hasSuffix(".\(kind)") }.map { "\(cache.path)/kept/\($0)" }
    }
  }

  private static func codes(_ run: CommandRun) -> [String] {
    run.rows("findings").compactMap { $0["rule"] as? String }
  }

  @Test func aGivenBindingIsChecked() throws {
    let run = try World().lint()
    #expect(run.status == 0, "\(run.errors)")
    let finding = try #require(run.rows("findings").first)
    #expect(finding["rule"] as? String == "DTH106" && run.rows("findings").count == 1, "\(run.output)")
    #expect(finding["node"] as? String == "/lamp" && finding["property"] as? String == "acme,level")
    #expect(finding["schema"] as? String == "http://devicetree.org/schemas/lamp.yaml")
    let location = try #require(finding["location"] as? [String: Any])
    #expect(location["line"] as? Int == 13 && (location["file"] as? String)?.hasSuffix("board.dts") == true)
    #expect("\(finding["notes"] ?? "")".contains("lamp.yaml:13"), "\(finding)")
    #expect(try World().lint("--strict").status == 1)
  }

  @Test func withoutOthersTheBindingsThatShipHold() throws {
    let source = board("", "video { compatible = \"samsung,dma-heap-system\"; dma-heap,nam = \"v\"; };")
    let run = try CommandRun.dtheap("lint", "--format", "json", "-", input: source)
    #expect(run.status == 1)
    #expect(Self.codes(run).contains("DTH102"), "\(run.output)")
  }

  @Test func aGivenBindingWinsByItsID() throws {
    // Less strict than the one that ships: no name is required.
    let own = """
      $id: http://devicetree.org/schemas/dma-buf/samsung,dma-heap.yaml#
      $schema: http://devicetree.org/meta-schemas/core.yaml#
      title: Heaps without names
      properties:
        compatible:
          const: samsung,dma-heap-system
      required: [compatible]
      additionalProperties: false
      """
    let world = try World(
      board: board("", "video { compatible = \"samsung,dma-heap-system\"; };"), bindings: ["heap.yaml": own])
    #expect(Self.codes(try world.lint()) == [])
  }

  @Test func theFirstFolderWins() throws {
    let strict = try World(bindings: ["lamp.yaml": Self.lamp(maximum: 9)])
    let lax = try World(bindings: ["lamp.yaml": Self.lamp(maximum: 99)])
    #expect(Self.codes(try strict.lint("--bindings", lax.bindings)) == ["DTH106"])
    #expect(Self.codes(try lax.lint("--bindings", strict.bindings)) == [])
  }

  @Test func aBindingThatIsWrongIsLeftOutWithAWarning() throws {
    let world = try World(bindings: ["lamp.yaml": Self.lamp(), "bad.yaml": "$id: [\n"])
    for _ in 1...3 {
      // The second run and the third take what is known from the cache.
      let run = try world.lint()
      #expect(run.status == 0)
      let finding = try #require(run.rows("findings").first { $0["rule"] as? String == "DTH150" })
      #expect(finding["severity"] as? String == "warning")
      let location = try #require(finding["location"] as? [String: Any])
      #expect(
        (location["file"] as? String)?.hasSuffix("/b/bad.yaml") == true && location["line"] as? Int == 2)
      #expect(Self.codes(run).contains("DTH106"))
      #expect((run.json["summary"] as? [String: Any])?["files"] as? Int == 1)
      try world.age()
    }
  }

  @Test func aBindingThatCannotBeReadIsReportedToo() throws {
    let world = try World()
    try world.write("b/huge.yaml", String(repeating: "#", count: 4 << 20 | 1))
    try world.age()
    for _ in 1...2 {
      let run = try world.lint()
      #expect(run.status == 0 && Set(Self.codes(run)) == ["DTH106", "DTH151"], "\(run.output)")
    }
    let check = try CommandRun.dtheap("bindings", "check", world.bindings)
    #expect(check.status == 1 && check.output.contains("1 error in 2 bindings"), "\(check.output)")
  }

  // MARK: The cache

  @Test func theCacheIsUsedAndNeverStale() throws {
    let world = try World()
    try world.age()
    let first = try world.lint()
    #expect(try world.cached("image").count == 1)
    #expect(try world.lint().output == first.output)
    // The same size and the same time of modification.
    try world.write(
      "b/lamp.yaml", Self.lamp(maximum: 8).replacingOccurrences(of: "maximum: 8", with: "maximum: 12"))
    try world.write("b/lamp.yaml", Self.lamp(maximum: 8))
    try world.age()
    #expect("\(try world.lint().rows("findings"))".contains("8 is the most"))
    try world.write(
      "b/more.yaml", Self.lamp(maximum: 1, id: "more").replacingOccurrences(of: "acme,lamp", with: "acme,x"))
    try world.write("b/lamp.yaml", Self.lamp(maximum: 50))
    #expect(Self.codes(try world.lint()) == [])
  }

  @Test func aFreshCheckoutFindsItsImage() throws {
    let world = try World()
    _ = try world.lint()
    let images = try world.cached("image")
    try FileManager.default.removeItem(atPath: world.bindings + "/lamp.yaml")
    try world.write("b/lamp.yaml", Self.lamp())
    _ = try world.lint()
    #expect(try world.cached("image") == images && images.count == 1)
  }

  @Test(arguments: ["", "short", String(repeating: "x", count: 100_000)])
  func aDamagedCacheIsMadeAnew(text: String) throws {
    let world = try World()
    try world.age()
    let first = try world.lint()
    _ = try world.lint()
    for path in try world.cached("image") + world.cached("stamp") {
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    let again = try world.lint()
    #expect(again.status == 0 && again.output == first.output)
    #expect(try world.lint().output == first.output)
  }

  @Test func oneChangedByteOfAnImageIsNoticed() throws {
    let world = try World()
    try world.age()
    let first = try world.lint()
    let path = try #require(try world.cached("image").first)
    let image = try Data(contentsOf: URL(filePath: path))
    for place in stride(from: 0, to: image.count, by: image.count / 12) {
      var damaged = image
      damaged[place] ^= 0x20
      try damaged.write(to: URL(filePath: path))
      #expect(try world.lint().output == first.output, "byte \(place)")
    }
  }

  @Test func withoutACacheTheSameIsFound() throws {
    let world = try World()
    let run = try world.lint("--no-cache")
    #expect(Self.codes(run) == ["DTH106"])
    #expect(try world.cached("image") == [])
    // A folder that cannot be made is no reason to fail.
    let elsewhere = try CommandRun.dtheap(
      "lint", "--format", "json", "--bindings", world.bindings, world.folder.path + "/board.dts",
      environment: ["DTHEAP_CACHE_DIR": "/dev/null/cache"])
    #expect(elsewhere.output == run.output)
  }

  @Test func runsAtTheSameTimeAgree() async throws {
    let world = try World()
    let expected = try world.lint("--no-cache").output
    let outputs = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<6 { group.addTask { try world.lint().output } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outputs.allSatisfy { $0 == expected } && outputs.count == 6)
  }

  // MARK: Jobs

  @Test func anyNumberOfJobsWritesTheSameBytes() throws {
    let folder = try ScratchFolder()
    var files: [String] = []
    for number in 0..<24 {
      let path = "\(folder.path)/\(number).dts"
      let source = number % 5 == 4 ? "/dts-v1/; / { broken" : Self.lit(level: "\(number)")
      try Data(source.utf8).write(to: URL(filePath: path))
      files.append(path)
    }
    files.insert("\(folder.path)/missing.dts", at: 7)
    let world = try World()
    for format in ["text", "json", "sarif", "github"] {
      let runs = try ["1", "2", "7"].map { jobs in
        try CommandRun.dtheap(
          ["lint", "--format", format, "--bindings", world.bindings, "--no-cache", "--jobs", jobs] + files)
      }
      #expect(
        runs.allSatisfy { $0.output == runs[0].output && $0.errors == runs[0].errors && $0.status == 2 })
    }
  }

  @Test(arguments: ["0", "-1", "x", "1025"]) func aNumberOfJobsThatIsNoneIsATwo(jobs: String) throws {
    #expect(try CommandRun.dtheap("lint", "--jobs", jobs, "-", input: Self.lit(level: "1")).status == 2)
  }

  // MARK: Bindings by themselves

  @Test func checkFindsWhatIsWrongWithBindings() throws {
    let good = try World()
    #expect(try CommandRun.dtheap("bindings", "check", good.bindings).status == 0)
    let bad = try World(
      bindings: [
        "lamp.yaml": Self.lamp("allOf: [{$ref: nothing.yaml#}]"), "more.yaml": Self.lamp(id: "more"),
      ])
    let run = try CommandRun.dtheap("bindings", "check", "--format", "json", bad.bindings)
    #expect(run.status == 1)
    let finding = try #require(run.rows("findings").first)
    #expect((run.json["summary"] as? [String: Any])?["files"] as? Int == 2)
    #expect(finding["rule"] as? String == "DTH154", "\(run.output)")
    #expect((finding["location"] as? [String: Any])?["line"] as? Int == 16)
    #expect(try CommandRun.dtheap("bindings", "check", "/nonexistent/bindings").status == 2)
  }

  @Test(arguments: ["lamp", "lamp.yaml", "http://devicetree.org/schemas/lamp.yaml#", "acme,lamp"])
  func explainShowsABinding(name: String) throws {
    let world = try World()
    let run = try CommandRun.dtheap("explain", "--no-cache", "--bindings", world.bindings, name)
    #expect(run.status == 0, "\(run.errors)")
    for text in ["A lamp", "acme,lamp", "acme,level", "required", "uint32", "at most 9", "How bright it is"] {
      #expect(run.output.contains(text), "\(text) in \(run.output)")
    }
    #expect(!run.output.contains("Nobody looks"))
  }

  /// `additionalProperties: false` forbids what only a common binding describes; what the binding names as well is
  /// described there.
  @Test func explainShowsNoPropertyThatIsNotAllowed() throws {
    let common = """
      $id: http://devicetree.org/schemas/light.yaml#
      title: Lights
      properties:
        acme,level: {maximum: 7}
        acme,color: {enum: [red, green]}
      """
    for (closing, isShown) in [("additionalProperties", false), ("unevaluatedProperties", true)] {
      let lamp = Self.lamp("allOf: [{$ref: light.yaml#}]")
        .replacingOccurrences(of: "additionalProperties", with: closing)
        .replacingOccurrences(of: "    maximum: 9\n", with: "")
      let world = try World(bindings: ["lamp.yaml": lamp, "light.yaml": common])
      let run = try CommandRun.dtheap("explain", "--no-cache", "--bindings", world.bindings, "lamp")
      #expect(run.output.contains("at most 7"), "\(run.output)")
      #expect(run.output.contains("acme,color") == isShown, "\(run.output)")
      #expect(run.output.contains("No other property is allowed."))
    }
  }

  @Test func explainKnowsWhatShips() throws {
    let run = try CommandRun.dtheap("explain", "reserved-memory/shared-dma-pool")
    #expect(run.status == 0 && run.output.contains("linux,cma-default"))
    let near = try CommandRun.dtheap("explain", "reserved-memory/shared-dma-poll")
    #expect(
      near.status == 2 && near.errors.contains("did you mean `reserved-memory/shared-dma-pool"),
      "\(near.errors)")
  }
}
