import Foundation

@testable import HeapModel

/// What a real kernel did in one scenario with an area of one size: a row of `Fixtures/pressure/requests.md`.
struct MeasuredScenario: Sendable {
  /// One cell: a kind of request, made once in every run or several times.
  struct Cell: Sendable {
    /// Over all runs.
    let successes: Int
    let tries: Int
    /// The error of those that failed.
    let error: Int32?
    /// Means of a run, by letter: c, b, m, d, M.
    let means: [Character: Int]

    /// The successes of a run, to the half.
    func successesPerRun(_ runs: Int) -> Double { (Double(successes) * 2 / Double(runs)).rounded() / 2 }

    /// The cell as one run had it on average.
    func text(runs: Int) -> String {
      let successes = successesPerRun(runs)
      let whole = Int(successes)
      var text = "\(Double(whole) == successes ? "\(whole)" : "\(successes)")/\(tries / runs)"
      if self.successes < tries, let error { text += " \(error)" }
      text += ";"
      for letter in "cmd" { if let mean = means[letter] { text += " \(letter)\(mean)" } }
      if let millions = means["M"], millions > 0 { text += " \(millions)M" }
      return text
    }
  }

  let name: String
  let areaMiB: UInt64
  let runs: Int
  /// What was lent before the first request, as a part of the area, by kind.
  let lent: [String: Double]
  /// Pages with a reference too many, in the first run.
  let references: Int
  let cells: [PressureLab.Request: Cell]

  var areaPages: Int { Int(areaMiB) * 256 }

  /// The pages of a kind that were lent.
  func pages(_ kind: String) -> Int { Int((lent[kind] ?? 0) * Double(areaPages)) }

  /// All pages that were lent.
  var lentPages: Int { lent.keys.reduce(0) { $0 + pages($1) } }

  /// The free memory, of the area and beside it, that so many lent pages mean where neither rule nor reclaimer was in
  /// the way: free pages inside and outside are as many.
  var freePages: Int { 2 * (areaPages - lentPages) }
}

extension MeasuredScenario {
  /// The rows of the table, in its order.
  static func all() throws -> [MeasuredScenario] {
    try MeasuredTable.rows("requests").map { fields in
      let runs = Int(fields[2]) ?? 1
      let requests = PressureLab.Request.allCases
      var cells: [PressureLab.Request: Cell] = [:]
      for (request, field) in zip(requests, fields[4...]) {
        cells[request] = cell(field, runs: runs, isSum: request == .singles)
      }
      let (lent, references) = composition(fields[3])
      return MeasuredScenario(
        name: fields[0], areaMiB: UInt64(fields[1]) ?? 0, runs: runs, lent: lent, references: references,
        cells: cells)
    }
  }

  /// `fcl 97.8 anon 0.4 (extra-ref pages 23/24)`.
  private static func composition(_ text: String) -> ([String: Double], Int) {
    var lent: [String: Double] = [:]
    for match in text.matches(of: #/(fcl|fdi|fwb|anon|blk|oth) ([0-9.]+)/#) {
      lent[String(match.output.1)] = (Double(match.output.2) ?? 0) / 100
    }
    let references = text.firstMatch(of: #/extra-ref pages ([0-9]+)/#).flatMap { Int($0.output.1) }
    return (lent, references ?? 0)
  }

  /// `0/3 -12; c1 b0 m21694 d0 87M`; nil where nothing was measured.
  private static func cell(_ text: String, runs: Int, isSum: Bool) -> Cell? {
    guard let head = text.firstMatch(of: #/^([0-9]+)\/([0-9]+)(?: (-[0-9]+))?/#),
      let successes = Int(head.output.1), let tries = Int(head.output.2)
    else { return nil }
    var means: [Character: Int] = [:]
    for match in text.matches(of: #/\b([cbmd])([0-9]+)/#) {
      guard let letter = match.output.1.first, let number = Int(match.output.2) else { continue }
      means[letter] = isSum ? number / runs : number
    }
    if let match = text.firstMatch(of: #/ ([0-9]+)M/#) { means["M"] = Int(match.output.1) }
    return Cell(
      successes: successes, tries: tries, error: head.output.3.flatMap { Int32($0) }, means: means)
  }
}

/// The tables of `Fixtures/pressure`.
enum MeasuredTable {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/pressure")

  /// The fields of the rows of a table, without its head.
  static func rows(_ name: String) throws -> [[String]] {
    let text = try String(
      decoding: Data(contentsOf: folder.appendingPathComponent("\(name).md")), as: UTF8.self)
    return text.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }
}
