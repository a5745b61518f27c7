enum OverlayApplication {
  static func apply(_ overlay: LoadResult, to base: LoadResult) -> LoadResult { base }
}
