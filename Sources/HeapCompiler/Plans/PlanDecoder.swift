import Diagnostics
import HeapModel

/// Makes a plan of a YAML value, and finds what is wrong with it.
struct PlanDecoder: YAMLDecoding {
  static let dialect = YAMLDialect(
    noun: "plan", plural: "plans", malformed: .malformedPlan, oversized: .oversizedPlan,
    reference: .yamlReference, severalDocuments: .severalDocuments, unknownKey: .unknownPlanKey,
    repeatedKey: .repeatedPlanKey, wrongValue: .wrongPlanValue, missingKey: .missingPlanKey,
    example: "a plan has `buffers:`, a list such as `[{name: frames, size: 4MiB}]`")

  /// What was found so far.
  var findings = YAMLFindings()
  /// The places of the buffers' names.
  private var names: [String: SourceSpan] = [:]
  /// The places of the groups' names.
  private var groupNames: [String: SourceSpan] = [:]
  /// The buffers that the plan comes to, over counts and repetitions.
  private var instances = 0

  /// The plan, or nil where it is not to be had; with findings it is not to be used.
  mutating func plan(_ value: YAMLValue) -> PlanFile? {
    let keys = ["buffers", "groups", "heaps", "expect", "pressure"]
    guard let fields = fields(of: value, keys: keys, what: "a plan") else { return nil }
    let pressure = fields["pressure"].flatMap { self.pressure($0.value) }
    let heaps = memoryHeaps(fields["heaps"])
    let buffers = list(fields["buffers"]).compactMap { self.buffer($0, in: nil) }
    let groups = list(fields["groups"]).compactMap { self.group($0) }
    let expectation = fields["expect"].flatMap { self.expectation($0.value) }
    if fields["buffers"] == nil, fields["groups"] == nil {
      report(
        .missingPlanKey, "the plan has no `buffers`", at: value.span,
        help: "add `buffers:`, a list such as `[{name: frames, size: 4MiB}]`")
    } else if buffers.isEmpty, groups.allSatisfy(\.buffers.isEmpty), findings.diagnostics.isEmpty {
      report(
        .missingPlanKey, "the plan has no buffer", at: value.span,
        help: "add one to `buffers:`, such as `{name: frames, size: 4MiB}`")
    }
    return PlanFile(
      buffers: buffers, groups: groups, heaps: heaps, expectation: expectation, pressure: pressure)
  }

  private mutating func expectation(_ value: YAMLValue) -> PlanFile.Expectation? {
    let keys = ["fits", "success-rate", "latency"]
    guard let fields = fields(of: value, keys: keys, what: "`expect`") else { return nil }
    guard !fields.isEmpty else {
      report(
        .missingPlanKey, "`expect` has no `fits`, `success-rate` or `latency`", at: value.span,
        help: "add one of them, such as `fits: true`, or leave `expect` out")
      return nil
    }
    let span = fields["fits"]?.span ?? value.span
    var expectation = PlanFile.Expectation(fits: nil, span: span)
    expectation.fits = fields["fits"].flatMap { flag($0) }
    if let field = fields["success-rate"] {
      let rate = share(field)
      expectation.successRate = rate
      if rate == 1, expectation.fits == false, let fits = fields["fits"] {
        contradiction(field, fits, "a plan that does not fit cannot have a `success-rate` of 100%")
      }
    }
    if let field = fields["latency"] {
      expectation.latencySpan = field.span
      let names = PlanFile.Expectation.percentiles.map(\.name)
      guard let limits = self.fields(of: field.value, keys: names, what: "`latency`") else { return nil }
      if case .mapping(let pairs) = field.value.content, pairs.isEmpty {
        report(
          .missingPlanKey, "`latency` has no limit", at: field.value.span,
          help: "add one, such as `p99: 20ms`, or leave `latency` out")
      }
      for percentile in PlanFile.Expectation.percentiles {
        guard let limit = limits[percentile.name], let time = moment(limit) else { continue }
        expectation.latencies.append(
          PlanFile.LatencyLimit(name: percentile.name, part: percentile.part, atMost: time))
      }
    }
    return expectation
  }

  private mutating func group(_ value: YAMLValue) -> PlanFile.Group? {
    let keys = ["name", "start", "end", "duration", "repeat", "buffers"]
    guard let fields = fields(of: value, keys: keys, what: "a group") else { return nil }
    let nameField = required("name", of: fields, in: value, what: "the group")
    let name = nameField.flatMap { self.name($0) }
    if let name, let span = nameField?.value.span {
      if let first = groupNames.firstUse(of: name, orAt: span) {
        repeatedName("two groups are called `\(name)`", at: span, first: first)
      }
    }
    let time = time(fields)
    guard let entries = required("buffers", of: fields, in: value, what: "the group") else { return nil }
    let buffers = list(entries).compactMap { self.buffer($0, in: time) }
    guard let name, let time else { return nil }
    return PlanFile.Group(name: name, time: time, buffers: buffers)
  }

  /// A buffer; of a group, whose time is nil where it cannot be told.
  private mutating func buffer(_ value: YAMLValue, in group: PlannedTime?) -> PlanFile.Buffer? {
    let keys = ["name", "size", "frame", "count", "heap", "start", "end", "duration", "repeat"]
    guard let fields = fields(of: value, keys: keys, what: "a buffer") else { return nil }
    let nameField = required("name", of: fields, in: value, what: "the buffer")
    let name = nameField.flatMap { self.name($0) }
    if let name, let span = nameField?.value.span, let first = names.firstUse(of: name, orAt: span) {
      repeatedName("two buffers are called `\(name)`", at: span, first: first)
    }
    let size = bufferSize(fields, in: value)
    let count = fields["count"].map { self.number($0, in: 1...UInt64(AllocationPlan.instancesMax)) } ?? 1
    let time = time(fields)
    if let group, let time {
      checkPresence(of: time, fields, in: group, at: nameField?.value.span ?? value.span)
    }
    let heap = fields["heap"].flatMap { self.heap($0) }
    if let count, let time {
      countInstances(
        Int(count), time.repetition?.times ?? 1, group?.repetition?.times ?? 1,
        at: nameField?.value.span ?? value.span)
    }
    guard let name, let size, let count, let time else { return nil }
    return PlanFile.Buffer(
      name: name, span: nameField?.value.span ?? value.span, size: size, count: Int(count), heap: heap,
      time: time)
  }

  mutating func repeatedName(_ message: String, at span: SourceSpan, first: SourceSpan) {
    var finding = Diagnostic(
      Rule.repeatedPlanName, message, at: span, help: "give one of them another `name`")
    finding.related = [RelatedPlace("first used here", at: first)]
    findings.add(finding)
  }

  /// Adds to the number of buffers; each factor is at most a million, so that the product is below 2^63.
  private mutating func countInstances(_ count: Int, _ own: Int, _ group: Int, at span: SourceSpan) {
    let before = instances
    let (sum, overflow) = instances.addingReportingOverflow(count * own * group)
    instances = overflow ? Int.max : sum
    guard before <= AllocationPlan.instancesMax, instances > AllocationPlan.instancesMax else { return }
    report(
      .tooManyBuffers,
      "with this one the plan comes to more than \(AllocationPlan.instancesMax) buffers over counts and repetitions",
      at: span, help: "write smaller counts, or fewer repetitions of buffers and groups")
  }

  private mutating func heap(_ field: Field) -> PlanFile.HeapReference? {
    guard case .scalar(let text, let isQuoted) = field.value.content, QuotedText.isPrintable(text),
      !text.isEmpty || isQuoted
    else {
      report(
        .wrongPlanValue, "`heap` is a name, a label or a path, not \(field.value.kind)", at: field.value.span,
        help: "write the name below `/dev/dma_heap`, or the label or path of a node")
      return nil
    }
    return PlanFile.HeapReference(text: text, span: field.value.span)
  }

  // MARK: Sizes

  /// The largest buffer that a plan may ask for, in bytes: 1 PiB.
  private static let sizeMax: UInt64 = 1 << 50

  private mutating func bufferSize(_ fields: [String: Field], in value: YAMLValue) -> ByteCount? {
    switch (fields["size"], fields["frame"]) {
    case (let size?, let frame?):
      contradiction(frame, size, "a buffer has a `size` or a `frame`, not both")
      return nil
    case (let size?, nil): return quantity(size, in: 1...Self.sizeMax, what: .size).map(ByteCount.init)
    case (nil, let frame?): return frameSize(frame.value)
    case (nil, nil):
      report(
        .missingPlanKey, "the buffer has neither `size` nor `frame`", at: value.span,
        help: "add `size: 64MiB`, or `frame: {width: 1920, height: 1080, format: NV12}`")
      return nil
    }
  }

  /// The largest width, height or alignment of a frame.
  private static let frameMax: UInt64 = 1 << 20

  private mutating func frameSize(_ value: YAMLValue) -> ByteCount? {
    let keys = ["width", "height", "format", "stride-alignment", "height-alignment"]
    guard let fields = fields(of: value, keys: keys, what: "`frame`") else { return nil }
    let width = required("width", of: fields, in: value, what: "the frame").flatMap {
      self.number($0, in: 1...Self.frameMax)
    }
    let height = required("height", of: fields, in: value, what: "the frame")
      .flatMap { self.number($0, in: 1...Self.frameMax) }
    let stride = fields["stride-alignment"].map { self.number($0, in: 1...Self.frameMax) } ?? 1
    let rows = fields["height-alignment"].map { self.number($0, in: 1...Self.frameMax) } ?? 1
    let format = required(
      "format", of: fields, in: value, what: "the frame", values: FrameFormat.allCases.map(\.rawValue)
    ).flatMap { self.format($0) }
    guard let width, let height, let stride, let rows, let format else { return nil }
    guard
      let size = format.size(width: width, height: height, strideAlignment: stride, heightAlignment: rows),
      size.bytes <= Self.sizeMax
    else {
      report(
        .absurdPlanNumber, "the frame is larger than \(Text.size(Self.sizeMax))", at: value.span,
        help: "write a smaller `width`, `height` or alignment")
      return nil
    }
    return size
  }

  private mutating func format(_ field: Field) -> FrameFormat? {
    let names = FrameFormat.allCases.map(\.rawValue)
    if case .scalar(let text, _) = field.value.content {
      if let format = FrameFormat(rawValue: text) { return format }
      let meant = Text.closestMatch(to: text, in: names).map { "; did you mean `\($0)`?" } ?? ""
      report(
        .wrongPlanValue, "there is no pixel format \(field.value.kind)\(meant)", at: field.value.span,
        help: "the formats are \(Text.list(names))")
    } else {
      report(
        .wrongPlanValue, "`format` is the name of a pixel format, not \(field.value.kind)",
        at: field.value.span,
        help: "the formats are \(Text.list(names))")
    }
    return nil
  }
}

extension [String: SourceSpan] {
  /// Where a name was used first; nil where that is now, at a place that is kept.
  mutating func firstUse(of name: String, orAt span: SourceSpan) -> SourceSpan? {
    if let first = self[name] { return first }
    self[name] = span
    return nil
  }
}
