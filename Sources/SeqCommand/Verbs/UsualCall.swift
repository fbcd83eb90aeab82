internal import ArgumentParser
internal import SeqFormats
internal import SeqKit

/// A command that can be made without the parser when it is called with files alone: the parser finds
/// out by reflection what options there are, which was half of what the main thread did for a sentence.
protocol UsualCall: ParsableCommand {
  /// The command as the parser makes it of operands without options.
  static func usual(files: [String]) -> Self
}

/// Options that know what they are when none is given; a test holds ``usual`` to what the parser makes
/// of no arguments.
protocol UsualOptions: ParsableArguments {
  /// The options when none is given.
  static var usual: Self { get }
}

extension TagCommand: UsualCall {
  static func usual(files: [String]) -> Self {
    var command = Self()
    command.files = files
    command.models = .usual
    command.input = .usual
    command.outputFormat = nil
    command.output = "-"
    command.confidence = false
    command.choices = .usual
    command.anyTokenizer = false
    command.options = .usual
    return command
  }
}

extension ModelOptions: UsualOptions {
  static var usual: Self {
    var options = Self()
    options.model = []
    options.layer = []
    return options
  }
}

extension InputOptions: UsualOptions {
  static var usual: Self {
    var options = Self()
    options.format = nil
    options.columns = nil
    options.separator = .tab
    options.comments = .hash
    options.unit = nil
    return options
  }
}

extension GlobalOptions: UsualOptions {
  static var usual: Self {
    var options = Self()
    options.quiet = false
    options.threads = nil
    options.color = .auto
    return options
  }
}

extension PositionTagChoices {
  static var usual: Self {
    var choices = Self()
    choices.nbest = 1
    choices.decode = .viterbi
    choices.keep = false
    return choices
  }
}

extension SpanTagChoices {
  static var usual: Self {
    var choices = Self()
    choices.spans = .usual
    return choices
  }
}

extension SpanOptions: UsualOptions {
  static var usual: Self {
    var options = Self()
    options.threshold = []
    options.wantedPrecision = []
    options.wantedRecall = []
    options.leniency = 0
    options.rules = .off
    options.rule = []
    options.scheme = "iob2"
    return options
  }
}
