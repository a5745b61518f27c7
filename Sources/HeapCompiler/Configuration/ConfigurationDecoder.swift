import DTParse
import Diagnostics
import HeapModel

/// Makes a configuration of a YAML value, and finds what is wrong with it.
struct ConfigurationDecoder: YAMLDecoding {
  static let dialect = YAMLDialect(
    noun: "configuration", plural: "configurations", malformed: .malformedConfiguration,
    oversized: .oversizedConfiguration, reference: .configurationReference,
    severalDocuments: .malformedConfiguration, unknownKey: .unknownConfigurationKey,
    repeatedKey: .repeatedConfigurationKey, wrongValue: .wrongConfigurationValue,
    missingKey: .wrongConfigurationValue, canBeEmpty: true)

  /// The keys, in the order of the documentation.
  static let keys = [
    "kernel", "arch", "kconfig", "memory", "occupied", "cmdline", "include", "define", "bindings", "disable",
    "strict",
  ]

  /// The most entries of a list.
  private static let entriesMax = 1000

  var findings = YAMLFindings()
  /// The folder from which paths count; empty for the current one.
  private let directory: String

  init(directory: String) { self.directory = directory }

  /// The settings that are right.
  mutating func configuration(_ value: YAMLValue) -> ProjectConfiguration {
    var configuration = ProjectConfiguration()
    guard let fields = fields(of: value, keys: Self.keys, what: "a configuration") else {
      return configuration
    }
    configuration.kernel = fields["kernel"].flatMap { self.kernel($0) }
    configuration.architecture = fields["arch"].flatMap { self.architecture($0) }
    configuration.kconfig = fields["kconfig"].flatMap { self.text($0, "a path") }.map { self.path($0) }
    configuration.memory = entries(fields["memory"], "a range such as `0x40000000+1G`") {
      RangeText($0)?.range
    }
    configuration.occupied = entries(
      fields["occupied"],
      "a range such as `0x40080000+32M`, with `:kernel`, `:dtb` or `:initrd` behind it or nothing"
    ) { OccupiedRange(text: $0) }
    configuration.commandLine = fields["cmdline"].flatMap { self.text($0, "a text", canBeEmpty: true) }
    configuration.includeDirectories = entries(fields["include"], "a folder") { $0 }.map { self.path($0) }
    configuration.defines = entries(fields["define"], "`NAME` or `NAME=VALUE`") { Self.define($0) }
    configuration.bindings = entries(fields["bindings"], "a folder") { $0 }.map { self.path($0) }
    configuration.disabledRules = Set(
      entries(fields["disable"], "the code or the name of a rule") { RuleRegistry.rule($0)?.id.code })
    configuration.isStrict = fields["strict"].flatMap { self.flag($0) } ?? false
    return configuration
  }

  private mutating func kernel(_ field: Field) -> String? {
    guard let name = text(field, "the name of a kernel") else { return nil }
    if KernelProfile.names.contains(name) { return name }
    wrong(field, "the name of a kernel", help: "the kernels are \(Text.list(KernelProfile.names))")
    return nil
  }

  private mutating func architecture(_ field: Field) -> Architecture? {
    guard let name = text(field, "`arm64` or `arm`") else { return nil }
    if let architecture = Architecture(rawValue: name) { return architecture }
    wrong(field, "`arm64` or `arm`")
    return nil
  }

  private mutating func text(_ field: Field, _ expected: String, canBeEmpty: Bool = false) -> String? {
    if let text = Self.text(field.value, canBeEmpty: canBeEmpty) { return text }
    wrong(field, expected)
    return nil
  }

  /// The entries of a list, or the one entry that stands without a list.
  private mutating func entries<Entry>(
    _ field: Field?, _ expected: String, _ read: (String) -> Entry?
  ) -> [Entry] {
    guard let field else { return [] }
    var values = [field.value]
    if case .list(let list) = field.value.content { values = list }
    guard values.count <= Self.entriesMax else {
      report(
        .oversizedConfiguration, "`\(field.name)` has more than \(Self.entriesMax) entries", at: field.key)
      return []
    }
    var entries: [Entry] = []
    for value in values {
      if let entry = Self.text(value).flatMap(read) {
        entries.append(entry)
      } else {
        report(
          .wrongConfigurationValue, "an entry of `\(field.name)` is \(expected), not \(value.kind)",
          at: value.span)
      }
    }
    return entries
  }

  /// The text of a scalar that is printable and not too long.
  private static func text(_ value: YAMLValue, canBeEmpty: Bool = false) -> String? {
    guard case .scalar(let text, let isQuoted) = value.content, text.utf8.count <= 4096,
      QuotedText.isPrintable(text), !text.isEmpty || canBeEmpty && isQuoted
    else { return nil }
    return text
  }

  /// A definition that the preprocessor cannot take for an option.
  private static func define(_ text: String) -> String? {
    let name = text.utf8.prefix { $0 != UInt8(ascii: "=") }
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) || byte == UInt8(ascii: "_") }
    guard let first = name.first, isLetter(first),
      name.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) })
    else { return nil }
    return text
  }

  private func path(_ text: String) -> String {
    text.hasPrefix("/") ? text : FileSystem.join(directory, text)
  }
}
