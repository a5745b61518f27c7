import ArgumentParser
import DTParse

/// Where sources look for what they include.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .customShort("I", allowingJoined: true),
    help: ArgumentHelp(
      "Look in DIR for what sources include, after the including file's own folder.", valueName: "dir"))
  var includeDirectories: [String] = []

  @Option(
    name: .customShort("D", allowingJoined: true),
    help: ArgumentHelp("Define a macro for the C preprocessor.", valueName: "name[=value]"))
  var defines: [String] = []

  @Option(
    help: ArgumentHelp("Apply an overlay, blob or plugin source; in the order given.", valueName: "file"))
  var overlay: [String] = []

  /// The options as the loader wants them.
  var loadOptions: LoadOptions {
    var options = LoadOptions()
    options.includeDirectories = includeDirectories
    options.defines = defines
    options.overlays = overlay
    return options
  }
}
