internal import ArgumentParser
internal import SeqCore
internal import SeqKit
internal import SeqPack

/// `seqkit bio profile`.
struct ResidueProfileCommand<P: TaskPack>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "profile",
      abstract: "Make a profile of an alignment, to search with.",
      discussion: """
        A profile has match, insert and delete states for each consensus column. The alignment is \
        Stockholm (one or more), aligned FASTA or A2M. The result is HMMER's text format with our \
        calibration: \(Root.context.programName) \(P.name) --profiles FILE proteins.fa searches with \
        it, and with profiles of HMMER 3 or Pfam.
        """)
  }

  @Argument(help: "The alignment, perhaps compressed; - is standard input.")
  var file: String

  @Option(name: [.short, .long], help: "The profile to write; - is standard output.")
  var output = "-"

  @Option(
    name: [.customShort("t"), .customLong("type")],
    help: "What the letters are: auto, protein, dna or rna.")
  var type: ResidueType = .auto

  @Option(
    help: "The alignment's format: stockholm, fasta or a2m. (default: looked at)", transform: choice
  )
  var layout: AlignmentFile.Layout?

  @Option(help: "What the profile is called. (default: the alignment's name, or the file's)")
  var name: String?

  @Option(
    help: "The part of the sequences that have a residue in a consensus column, at least.")
  var matchColumns = 0.5

  @Flag(help: "Pass over the consensus columns that the file marks (#=GC RF, A2M).")
  var ignoreReference = false

  @Option(help: "How sequences are weighted: henikoff or none.", transform: choice)
  var weights: ProfileTraining.Weighting = .henikoff

  @Option(
    help: "Pseudocounts of residues: dirichlet (proteins) or background.", transform: choice)
  var prior: ProfilePrior.Kind = .dirichlet

  @Option(help: "The weight of background pseudocounts.")
  var priorWeight = 0.8

  @Option(
    help: ArgumentHelp(
      "Bits a column that the sequences are scaled down to, to find far relatives; 0 takes them as they are.",
      valueName: "bits"))
  var relativeEntropy = 0.59

  @Option(help: "Random sequences that E-values are calibrated on.")
  var calibration = 1000

  @OptionGroup var seeding: SeedOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if !(matchColumns > 0 && matchColumns <= 1) {
      throw ValidationError("--match-columns is \(matchColumns), and must be above 0, at most 1.")
    }
    if !(priorWeight > 0 && priorWeight.isFinite) {
      throw ValidationError("--prior-weight is \(priorWeight), and must be positive.")
    }
    if !(relativeEntropy >= 0 && relativeEntropy.isFinite) {
      throw ValidationError("--relative-entropy is \(relativeEntropy), and cannot be negative.")
    }
    if !(50...1_000_000).contains(calibration) {
      throw ValidationError("--calibration is \(calibration), and must be 50 or more.")
    }
    if let name, name.isEmpty || name.contains(where: \.isWhitespace) {
      throw ValidationError("--name is one word.")
    }
  }

  func run() throws {
    let console = options.console
    var training = ProfileTraining()
    training.consensusFraction = matchColumns
    training.usesReference = !ignoreReference
    training.weighting = weights
    training.prior = prior
    training.priorWeight = priorWeight
    training.relativeEntropy = relativeEntropy > 0 ? relativeEntropy : nil
    let alignments = try AlignmentFile.read(
      try ByteSource(path: file), layout: layout, kind: type.kind)
    let sink = try ByteSink(path: output)
    Interruption.remove(sink.temporaryPath)
    for (index, var alignment) in alignments.enumerated() {
      if let name { alignment.label.name = alignments.count == 1 ? name : "\(name)_\(index + 1)" }
      var model = try training.profile(of: alignment)
      let calibrated = ProfileCalibration(model, sequences: calibration, seed: seeding.seed)
      model.calibration = calibrated
      try sink.write(Array(ProfileFile.text(of: model).utf8))
      console.note(
        "\(model.label.name): \(counted(alignment.rows.count, "sequence")) of \(model.kind), "
          + "\(counted(alignment.width, "column")), \(grouped(model.length)) of them consensus; they count "
          + "as \(decimal(model.effectiveCount, 2)), \(decimal(model.relativeEntropy, 2)) bits a column"
      )
    }
    seeding.announce(on: console)
    try sink.finish()
    Interruption.remove(nil)
  }
}
