import DTParse
import Diagnostics

extension Node {
  /// Where the node was first written; nil in a blob.
  public var location: SourceLocation? { span.map(tree.sources.location) }
}
