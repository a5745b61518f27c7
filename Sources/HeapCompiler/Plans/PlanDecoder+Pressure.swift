import Diagnostics
import HeapModel

/// What stands beside the heaps.
extension PlanDecoder {
  /// The most holders of a plan: each has up to four kinds of pages, of which a machine tells 255 apart.
  static var holdersMax: Int { 32 }

  mutating func pressure(_ value: YAMLValue) -> PressureFile? {
    let keys = ["policy", "cpus", "swap", "swap-kind", "compression", "page-copy", "holders"]
    guard let fields = fields(of: value, keys: keys, what: "`pressure`") else { return nil }
    var result = PressureFile()
    if let field = fields["policy"] {
      result.policy = word(field, of: LendingPolicyKind.self, what: "policy") ?? result.policy
    }
    if let field = fields["cpus"], let count = number(field, in: 0...1024) { result.cpus = Int(count) }
    if let field = fields["swap"], let size = quantity(field, in: 0...1 << 40, what: .size) {
      result.swap = ByteCount(size)
    }
    if let field = fields["swap-kind"] {
      result.swapKind = word(field, of: SwapKind.self, what: "kind of swap") ?? result.swapKind
    }
    let ratios: ClosedRange<UInt64> = 1...UInt64(SwapKind.compressionMax)
    if let field = fields["compression"], let ratio = number(field, in: ratios) {
      result.swapCompression = Int(ratio)
    }
    if let field = fields["page-copy"], let time = moment(field),
      case .scalar(let text, _) = field.value.content
    {
      let copy = Quantity.microseconds(text) ?? Double(time.microseconds)
      if (1...1_000_000).contains(copy) {
        result.pageCopy = copy
      } else {
        report(
          .absurdPlanNumber, "`page-copy` is from 1us to 1s", at: field.value.span,
          help: "write the time for one page, such as `3.5us`")
      }
    }
    let entries = list(fields["holders"])
    if entries.count > Self.holdersMax, let field = fields["holders"] {
      report(
        .unmodelledPressure, "a plan has at most \(Self.holdersMax) holders", at: field.key,
        help: "let holders of one kind be one with the sum of their sizes")
      return nil
    }
    var names: [String: SourceSpan] = [:]
    for entry in entries {
      guard let holder = holder(entry) else { continue }
      if let first = names.firstUse(of: holder.name, orAt: holder.span) {
        repeatedName("two holders are called `\(holder.name)`", at: holder.span, first: first)
      }
      result.holders.append(holder)
    }
    return result
  }

  private mutating func holder(_ value: YAMLValue) -> PressureFile.Holder? {
    let all = Set(PressureFile.Kind.allCases.flatMap(\.keys)).sorted()
    guard let everything = fields(of: value, keys: ["kind", "name"] + all, what: "a holder"),
      let kindField = required(
        "kind", of: everything, in: value, what: "the holder",
        values: PressureFile.Kind.allCases.map(\.rawValue)),
      let kind = word(kindField, of: PressureFile.Kind.self, what: "kind of holder")
    else { return nil }
    for name in everything.keys.sorted() where !(["kind", "name"] + kind.keys).contains(name) {
      guard let field = everything[name] else { continue }
      report(
        .unknownPlanKey, "a holder of kind `\(kind.rawValue)` has no key `\(name)`", at: field.key,
        help: "its keys are \(Text.list(["kind", "name"] + kind.keys))")
    }
    let name = everything["name"].flatMap { self.name($0) } ?? kind.rawValue
    var holder = PressureFile.Holder(kind: kind, name: name, span: kindField.value.span)
    amount(everything, of: kind, in: value, into: &holder)
    rates(everything, of: kind, in: value, into: &holder)
    if let field = everything["mapped"] { holder.isMapped = flag(field) ?? false }
    if let field = everything["locked"] { holder.isLocked = flag(field) ?? false }
    if let field = everything["shared"] { holder.isShared = flag(field) ?? false }
    if let field = everything["huge"] { holder.isHuge = flag(field) ?? false }
    if let field = everything["file"] { holder.isFile = flag(field) ?? false }
    if let field = everything["device"] { holder.isDevice = flag(field) ?? false }
    if let field = everything["journalled"] { holder.journalled = share(field) }
    if let field = everything["clean"] { holder.clean = share(field) ?? holder.clean }
    if let field = everything["place"] {
      holder.place = word(field, of: HolderPlace.self, what: "place")?.place ?? .anywhere
    }
    if let field = everything["distribution"] {
      holder.isExponential = word(field, of: HoldDistribution.self, what: "distribution") != .fixed
    }
    if kind == .areaUser, let field = required("area", of: everything, in: value, what: "the holder") {
      holder.area = self.name(field) ?? ""
      holder.areaSpan = field.value.span
    }
    return holder
  }

  private mutating func amount(
    _ fields: [String: Field], of kind: PressureFile.Kind, in value: YAMLValue,
    into holder: inout PressureFile.Holder
  ) {
    switch (fields["size"], fields["share"]) {
    case (let size?, let share?): contradiction(share, size, "a holder has a `size` or a `share`, not both")
    case (let size?, nil):
      if let bytes = quantity(size, in: 0...1 << 50, what: .size) { holder.amount = .size(ByteCount(bytes)) }
    case (nil, let field?):
      if let part = share(field) { holder.amount = .share(part) }
    case (nil, nil):
      guard kind != .longPins else { break }
      report(
        .missingPlanKey, "the holder has neither `size` nor `share`", at: value.span,
        help: "add `size: 64MiB` or `share: 40%`")
    }
    let limits: ClosedRange<UInt64> = 1...UInt64(1 << 28)
    for key in ["pages", "count"] {
      if let field = fields[key], let count = number(field, in: limits) { holder.count = count }
    }
    if kind == .longPins { _ = required("pages", of: fields, in: value, what: "the holder") }
  }

  private mutating func rates(
    _ fields: [String: Field], of kind: PressureFile.Kind, in value: YAMLValue,
    into holder: inout PressureFile.Holder
  ) {
    let bytes: ClosedRange<UInt64> = 0...1 << 40
    if let field = fields["arrival"], let rate = quantity(field, in: bytes, what: .size) {
      holder.arrival = Double(rate)
    }
    if let field = fields["exit"], let rate = quantity(field, in: bytes, what: .size) {
      holder.exit = Double(rate)
    }
    if let field = fields["rate"], let rate = number(field, in: 0...1_000_000) {
      holder.arrival = Double(rate)
    }
    for key in ["writeback", "hold"] {
      if let field = fields[key], let time = moment(field) { holder.time = time }
    }
    if kind == .shortPins {
      for key in ["rate", "hold"] { _ = required(key, of: fields, in: value, what: "the holder") }
    }
  }

  // MARK: Words and shares

  private enum HolderPlace: String, CaseIterable {
    case anywhere, area, outside

    var place: LongPins.Place {
      switch self {
      case .anywhere: .anywhere
      case .area: .area
      case .outside: .outside
      }
    }
  }

  private enum HoldDistribution: String, CaseIterable {
    case exponential, fixed
  }

  /// One of a list of words.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ field: Field, of type: Word.Type, what: String
  ) -> Word? where Word.RawValue == String {
    let names = Word.allCases.map(\.rawValue)
    guard case .scalar(let text, _) = field.value.content else {
      wrong(field, "a word", help: "there are \(Text.list(names))")
      return nil
    }
    if let word = Word(rawValue: text) { return word }
    let meant = Text.closestMatch(to: text, in: names).map { "; did you mean `\($0)`?" } ?? ""
    report(
      .wrongPlanValue, "there is no \(what) \(field.value.kind)\(meant)", at: field.value.span,
      help: "there are \(Text.list(names))")
    return nil
  }

  /// A part of a whole: `40%`, `0.4`, `1`.
  mutating func share(_ field: Field) -> Double? {
    let example = "write `40%` or `0.4`"
    let text = if case .scalar(let text, _) = field.value.content { text } else { "" }
    if text.hasPrefix("-"), Quantity.share(String(text.dropFirst())) != nil {
      report(
        .absurdPlanNumber, "`\(field.name)` is negative: it is from 0% to 100%", at: field.value.span,
        help: example)
      return nil
    }
    guard let part = Quantity.share(text) else {
      report(
        .wrongPlanValue, "`\(field.name)` is a part of a whole, not \(field.value.kind)",
        at: field.value.span, help: example)
      return nil
    }
    guard (0...1).contains(part) else {
      let isPercentage = part <= 100 && !text.hasSuffix("%")
      report(
        .absurdPlanNumber, "`\(field.name)` is from 0% to 100%", at: field.value.span,
        help: isPercentage ? "write `\(text)%`" : example)
      return nil
    }
    return part
  }
}

extension Quantity {
  /// A part of a whole: a number with `%`, or one from 0 to 1, with at most six digits behind the point.
  static func share(_ text: String) -> Double? {
    let isPercent = text.hasSuffix("%")
    let number = isPercent ? text.dropLast() : text[...]
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, (1...6).contains(whole.utf8.count), parts.count == 1 || !parts[1].isEmpty,
      parts.allSatisfy({ $0.utf8.count <= 6 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let value = Double(String(number))
    else { return nil }
    return isPercent ? value / 100 : value
  }
}
