package import SeqPack

/// What is predicted of a corpus, and hence how it is read and scored.
package enum ReportTask: String, CaseIterable, Sendable {
  /// A label a word.
  case words
  /// Labelled spans of words.
  case spans
  /// Arguments of predicates.
  case roles
  /// A label a residue.
  case residues
  /// A label a frame.
  case frames

  /// The task of a pack.
  package init(of pack: any TaskPack.Type) {
    if pack is any RolePack.Type {
      self = .roles
      return
    }
    // Materials are called as tasks are.
    self = ReportTask(rawValue: "\(pack.material)") ?? .words
  }

  /// What is right or wrong.
  var unit: String {
    switch self {
    case .words: "words"
    case .spans: "spans"
    case .roles: "arguments"
    case .residues: "residues"
    case .frames: "frames"
    }
  }

  /// What speed counts.
  var position: String {
    switch self {
    case .words, .spans, .roles: "words"
    case .residues: "residues"
    case .frames: "frames"
    }
  }

  /// What its items are called.
  var items: String {
    switch self {
    case .words, .spans, .roles: "sentences"
    case .residues: "sequences"
    case .frames: "recordings"
    }
  }

  /// Whether every position has a label.
  var labelsPositions: Bool { self == .words || self == .residues || self == .frames }

  /// The layers that are scored unless the plan names others.
  var usualLayers: [String] {
    switch self {
    case .words: ["upos"]
    case .spans: ["ner"]
    case .roles: ["roles"]
    case .residues: ["labels"]
    case .frames: ["frames"]
    }
  }
}
