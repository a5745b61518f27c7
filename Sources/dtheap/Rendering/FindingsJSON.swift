import Diagnostics

/// The document that lint writes as JSON.
///
/// Its keys are an interface that others script against. Every key is always there: null or an empty list says that
/// there is nothing.
public struct FindingsJSON {
  private var json = JSONWriter()
  private var fileCount = 0
  private var counts = SeverityCounts()

  /// A document without inputs.
  public init() {
    json.openObject()
    json.member("schemaVersion", 1)
    json.openArray("findings")
  }

  /// Writes the document for `inputs`, in the order given.
  ///
  /// - Parameters:
  ///   - inputs: the findings.
  ///   - fileCount: how many files were looked at, where findings of several are in one input.
  public static func document(_ inputs: [FileFindings], fileCount: Int? = nil) -> String {
    var document = FindingsJSON()
    let findings = inputs.map { document.add($0) }.joined()
    document.fileCount = fileCount ?? document.fileCount
    return findings + document.end()
  }

  /// Adds the findings of an input.
  ///
  /// - Returns: the next part of the document.
  public mutating func add(_ input: FileFindings) -> String {
    if input.isInput { fileCount += 1 }
    counts += input.findings.counts
    for finding in input.findings.sorted { Self.write(finding, of: input, to: &json) }
    return json.drain()
  }

  /// Ends the document.
  ///
  /// - Returns: its last part.
  public mutating func end() -> String {
    json.close()
    json.object("summary") { json in
      json.member("files", fileCount)
      json.member("errors", counts.errors)
      json.member("warnings", counts.warnings)
      json.member("notes", counts.notes)
    }
    json.close()
    return json.drain()
  }

  private static func write(_ finding: Diagnostic, of input: FileFindings, to json: inout JSONWriter) {
    json.object { json in
      json.member("rule", finding.rule.code)
      json.member("name", finding.rule.name)
      json.member("severity", finding.severity.rawValue)
      json.member("message", finding.message)
      json.member("node", finding.node)
      json.member("property", finding.property)
      json.member("input", input.file)
      if let span = finding.span {
        write(input.sources.location(of: span), to: &json)
      } else {
        json.object("location") { $0.member("file", finding.file ?? input.file) }
      }
      json.array("related") { json in
        for place in finding.related {
          json.object { json in
            json.member("message", place.message)
            write(input.sources.location(of: place.span), to: &json)
          }
        }
      }
      json.array("notes", finding.notes)
      json.member("help", finding.help)
      json.member("schema", finding.schemas.first)
      json.array("schemas", finding.schemas)
      json.array("fixes") { json in
        for fix in finding.fixes { write(fix, in: input.sources, to: &json) }
      }
    }
  }

  /// Writes a cure, unless it would edit text that is not there: the expansion of a macro.
  private static func write(_ fix: FixIt, in sources: SourceMap, to json: inout JSONWriter) {
    guard let fix = sources.resolve(fix) else { return }
    json.object { json in
      json.member("title", fix.title)
      json.array("edits") { json in
        for edit in fix.edits {
          json.object { json in
            write(edit.location, to: &json)
            json.member("text", edit.edit.text)
          }
        }
      }
    }
  }

  private static func write(_ location: SourceLocation, to json: inout JSONWriter) {
    json.object("location") { json in
      json.member("file", location.file)
      json.member("line", location.line)
      json.member("column", location.column)
      json.member("endLine", location.endLine)
      json.member("endColumn", location.endColumn)
    }
  }
}
