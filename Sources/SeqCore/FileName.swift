extension String {
  /// What stands behind the last slash of a path.
  package var fileName: String { split(separator: "/").last.map(String.init) ?? self }

  /// What stands before the first point of ``fileName``.
  package var fileStem: String { fileName.split(separator: ".").first.map(String.init) ?? fileName }
}
