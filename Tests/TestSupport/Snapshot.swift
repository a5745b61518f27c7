import Foundation
import Testing

/// Whether this run records what it sees instead of comparing: `DTH_RECORD` is set in the environment.
public var isRecording: Bool { ProcessInfo.processInfo.environment["DTH_RECORD"] != nil }

/// Compares `text` with `Snapshots/<suite>/<name>.<type>` beside the test, where the suite is the test file's name.
///
/// Where there is no such file, or in a recording run, the file is written and the test fails, so that a recording
/// run never passes for a checking one.
/// - Parameters:
///   - text: what the program said; ``normalized(_:replacing:)`` it first if it holds anything that changes.
///   - name: the file's name without its extension.
///   - type: the file's extension.
///   - sourceLocation: where the failure is reported.
///   - filePath: the test's file.
public func expectSnapshot(
  _ text: String, named name: String, type: String = "txt", sourceLocation: SourceLocation = #_sourceLocation,
  filePath: String = #filePath
) {
  let test = URL(fileURLWithPath: filePath)
  let folder = test.deletingLastPathComponent().appendingPathComponent("Snapshots")
    .appendingPathComponent(test.deletingPathExtension().lastPathComponent)
  let file = folder.appendingPathComponent("\(name).\(type)")
  let recorded = try? String(decoding: Data(contentsOf: file), as: UTF8.self)
  if !isRecording, let recorded {
    guard recorded != text else { return }
    Issue.record(
      "\(file.lastPathComponent) differs:\n\(lineDifference(from: recorded, to: text))",
      sourceLocation: sourceLocation)
    return
  }
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if recorded != text { try Data(text.utf8).write(to: file, options: .atomic) }
    Issue.record("recorded new baseline \(name).\(type)", sourceLocation: sourceLocation)
  } catch {
    Issue.record(error, "cannot record \(file.path)", sourceLocation: sourceLocation)
  }
}

/// Replaces what changes from run to run: each key of `places`, say a scratch folder, by its value, say `$TMP`.
public func normalized(_ text: String, replacing places: KeyValuePairs<String, String>) -> String {
  places.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
}

/// The lines that differ, `-` for the old and `+` for the new ones, each change with two lines round it.
public func lineDifference(from old: String, to new: String) -> String {
  let (a, b) = (old.components(separatedBy: "\n"), new.components(separatedBy: "\n"))
  let difference = b.difference(from: a)
  var removed = Set<Int>()
  var inserted = Set<Int>()
  for change in difference {
    switch change {
    case .remove(let offset, _, _): removed.insert(offset)
    case .insert(let offset, _, _): inserted.insert(offset)
    }
  }
  var lines: [(isChange: Bool, text: String)] = []
  var (i, j) = (0, 0)
  while i < a.count || j < b.count {
    if removed.contains(i) {
      lines.append((true, "-" + a[i]))
      i += 1
    } else if inserted.contains(j) {
      lines.append((true, "+" + b[j]))
      j += 1
    } else {
      lines.append((false, " " + b[j]))
      (i, j) = (i + 1, j + 1)
    }
  }
  let shown = lines.indices.filter { index in
    lines[max(0, index - 2)...min(lines.count - 1, index + 2)].contains { $0.isChange }
  }
  return shown.map { lines[$0].text }.joined(separator: "\n")
}
