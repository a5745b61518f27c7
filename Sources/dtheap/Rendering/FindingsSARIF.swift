import Diagnostics

/// Findings as a log in the Static Analysis Results Interchange Format, version 2.1.0.
///
/// - Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
public struct FindingsSARIF {
  private let rules: [Rule]
  private let indices: [String: Int]
  private let version: String
  private var fingerprints: [UInt64: Int] = [:]
  private var json = JSONWriter()

  /// A writer of logs.
  ///
  /// - Parameters:
  ///   - rules: all rules that the tool has, those without a finding too.
  ///   - version: of the tool.
  public init(rules: [Rule], version: String) {
    self.rules = rules.sorted { $0.id < $1.id }
    self.version = version
    indices = Dictionary(self.rules.enumerated().map { ($1.id.code, $0) }) { first, _ in first }
    json.openObject()
    json.member(
      "$schema",
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    json.member("version", "2.1.0")
    json.openArray("runs")
    json.openObject()
    writeTool()
    json.member("columnKind", "unicodeCodePoints")
    json.openArray("results")
  }

  /// Adds the findings of an input.
  ///
  /// - Returns: the next part of the log.
  public mutating func add(_ input: FileFindings) -> String {
    for finding in input.findings.sorted {
      let fingerprint = fingerprint(finding, of: input)
      write(finding, fingerprint, of: input)
    }
    return json.drain()
  }

  /// Ends the log.
  ///
  /// - Returns: its last part.
  public mutating func end() -> String {
    for _ in 0..<4 { json.close() }
    return json.drain()
  }

  // MARK: The tool

  private mutating func writeTool() {
    let (rules, version) = (rules, version)
    json.object("tool") { json in
      json.object("driver") { json in
        json.member("name", "dtheap")
        json.member("version", version)
        json.member("semanticVersion", version)
        json.array("rules") { json in
          for rule in rules { Self.write(rule, to: &json) }
        }
      }
    }
  }

  private static func write(_ rule: Rule, to json: inout JSONWriter) {
    json.object { json in
      json.member("id", rule.id.code)
      json.member("name", rule.id.name)
      json.object("shortDescription") { $0.member("text", rule.summary) }
      json.object("fullDescription") { $0.member("text", rule.rationale) }
      json.object("help") { json in
        json.member("text", RulePage(rule).text)
        json.member("markdown", RulePage(rule).markdown(level: 2))
      }
      json.object("defaultConfiguration") { $0.member("level", rule.severity.rawValue) }
    }
  }

  // MARK: Results

  private mutating func write(_ finding: Diagnostic, _ fingerprint: String, of input: FileFindings) {
    let index = indices[finding.rule.code]
    json.object { json in
      json.member("ruleId", finding.rule.code)
      if let index { json.member("ruleIndex", index) }
      json.member("level", finding.severity.rawValue)
      json.object("message") { $0.member("text", input.wholeText(of: finding)) }
      json.array("locations") { json in
        json.object { json in
          Self.writePlace(of: finding, input, to: &json)
          if let node = finding.node { Self.writeNode(node, to: &json) }
        }
      }
      if !finding.related.isEmpty { Self.writeRelated(finding, input.sources, to: &json) }
      json.object("partialFingerprints") { $0.member("dtheapFinding/v1", fingerprint) }
      let fixes = finding.fixes.compactMap(input.sources.resolve)
      if !fixes.isEmpty {
        json.array("fixes") { json in
          for fix in fixes { Self.write(fix, to: &json) }
        }
      }
    }
  }

  private static func writePlace(of finding: Diagnostic, _ input: FileFindings, to json: inout JSONWriter) {
    json.object("physicalLocation") { json in
      writeArtifact(input.file(of: finding), to: &json)
      if let span = finding.span { writeRegion("region", input.sources.location(of: span), to: &json) }
    }
  }

  private static func writeNode(_ path: String, to json: inout JSONWriter) {
    json.array("logicalLocations") { json in
      json.object { json in
        let name = path.split(separator: "/").last.map(String.init) ?? path
        json.member("name", name)
        json.member("fullyQualifiedName", path)
        json.member("kind", "object")
      }
    }
  }

  private static func writeRelated(_ finding: Diagnostic, _ sources: SourceMap, to json: inout JSONWriter) {
    json.array("relatedLocations") { json in
      for (index, place) in finding.related.enumerated() {
        let location = sources.location(of: place.span)
        json.object { json in
          json.member("id", index + 1)
          json.object("physicalLocation") { json in
            writeArtifact(location.file, to: &json)
            writeRegion("region", location, to: &json)
          }
          json.object("message") { $0.member("text", place.message) }
        }
      }
    }
  }

  private static func writeRegion(_ name: String, _ place: SourceLocation, to json: inout JSONWriter) {
    json.object(name) { json in
      json.member("startLine", place.line)
      json.member("startColumn", place.column)
      json.member("endLine", place.endLine)
      json.member("endColumn", place.endColumn)
    }
  }

  /// Writes a cure, the edits of each file together, as the format has it.
  private static func write(_ fix: ResolvedFix, to json: inout JSONWriter) {
    var names: [String] = []
    for edit in fix.edits where !names.contains(edit.location.file) { names.append(edit.location.file) }
    json.object { json in
      json.object("description") { $0.member("text", fix.title) }
      json.array("artifactChanges") { json in
        for name in names {
          json.object { json in
            writeArtifact(name, to: &json)
            json.array("replacements") { json in
              for edit in fix.edits where edit.location.file == name {
                json.object { json in
                  writeRegion("deletedRegion", edit.location, to: &json)
                  json.object("insertedContent") { $0.member("text", edit.edit.text) }
                }
              }
            }
          }
        }
      }
    }
  }

  // MARK: Names

  private static func writeArtifact(_ path: String, to json: inout JSONWriter) {
    json.object("artifactLocation") { json in
      json.member("uri", uri(path))
      if !path.hasPrefix("/") { json.member("uriBaseId", "SRCROOT") }
    }
  }

  /// A path as a URI: absolute for an absolute path, else a relative reference.
  static func uri(_ path: String) -> String {
    var path = path[...]
    while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
    if path.isEmpty { return "." }
    var text = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += byte < 0x10 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return text
  }

  /// What stays the same while lines move: rule, file, node, property and words, and a number for what is equal in
  /// these (FNV-1a, 64 bits).
  private mutating func fingerprint(_ finding: Diagnostic, of input: FileFindings) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let fields = [
      finding.rule.code, input.file(of: finding), finding.node ?? "", finding.property ?? "", finding.message,
    ]
    for byte in fields.joined(separator: "\0").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let number = fingerprints[hash, default: 0] + 1
    fingerprints[hash] = number
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits + ":\(number)"
  }
}
