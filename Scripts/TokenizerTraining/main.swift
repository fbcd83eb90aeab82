// Rebuilds what the tokenizer has learned; `Scripts/train-tokenizer` runs it.
//
//   TokenizerTraining kinds OUTPUT.swift
//   TokenizerTraining weights OUTPUT.swift TRAIN.conllu…
//   TokenizerTraining score FILE.conllu…

import FoundationEssentials
import SeqCore
import SeqFeatures
import SeqMetrics

/// Answers with the gold segmentation, or with a model where there is one, and keeps the questions.
struct Teacher: TokenizerJudge {
  var wordEnds: Set<UInt32>
  var sentenceEnds: Set<UInt32>
  var junctures = Decisions()
  var sentences = Decisions()
  var juncturesModel: LogisticModel?

  init(_ gold: GoldText) {
    wordEnds = Set(gold.words.map(\.end))
    sentenceEnds = Set(gold.sentences.map(\.end))
  }

  mutating func splits(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool {
    let answer = wordEnds.contains(UInt32(offset))
    junctures.append(slots, label: answer)
    if let juncturesModel { return juncturesModel.score(slots) > 0 }
    return answer
  }

  mutating func endsSentence(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool {
    let answer = sentenceEnds.contains(UInt32(offset))
    sentences.append(slots, label: answer)
    return answer
  }
}

func percent(_ agreement: SpanAgreement) -> String {
  let hundredths = Int((agreement.f1 * 10000).rounded())
  return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}

func score(_ tokenizer: Tokenizer, _ gold: GoldText) throws -> TokenizationScore {
  agreement(try tokenizer.tokenize(gold.bytes), gold)
}

func agreement(_ text: TokenizedText, _ gold: GoldText) -> TokenizationScore {
  TokenizationScore(
    tokens: SpanAgreement(gold: gold.tokens, predicted: text.tokens),
    words: SpanAgreement(gold: gold.words, predicted: text.words),
    sentences: SpanAgreement(gold: gold.sentences, predicted: text.sentences))
}

func decisions(
  _ paths: [String], layouts: [GoldText.Layout], junctures: LogisticModel?
) throws -> (junctures: Decisions, sentences: Decisions) {
  var all = (junctures: Decisions(), sentences: Decisions())
  for path in paths {
    for layout in layouts {
      let gold = try GoldText(path: path, layout: layout)
      var teacher = Teacher(gold)
      teacher.juncturesModel = junctures
      teacher.junctures = all.junctures
      teacher.sentences = all.sentences
      all = ([], [])
      let judge = try gold.bytes.withUnsafeBufferPointer {
        try Tokenizer(lineBreaks: .spaces).tokenize($0, judge: teacher).judge
      }
      all = (judge.junctures, judge.sentences)
    }
  }
  return all
}

extension Decisions: ExpressibleByArrayLiteral {
  init(arrayLiteral elements: Never...) {}
}

func train(_ paths: [String]) throws -> (junctures: LogisticModel, sentences: LogisticModel) {
  let forJunctures = try decisions(paths, layouts: [.paragraphs], junctures: nil).junctures
  let junctures = LogisticModel.trained(on: forJunctures, epochs: 10, rate: 0.1, l2: 1e-5, seed: 1)
  // Text without paragraphs is learned from as well: the size of a paragraph tells them apart.
  let forSentences = try decisions(
    paths, layouts: [.paragraphs, .line], junctures: junctures
  ).sentences
  let sentences = LogisticModel.trained(on: forSentences, epochs: 5, rate: 0.1, l2: 1e-5, seed: 1)
  print("\(forJunctures.labels.count) junctures, \(forSentences.labels.count) gaps")
  return (junctures, sentences)
}

/// Answers with models that have just been trained.
struct Student: TokenizerJudge {
  var junctures: LogisticModel
  var sentences: LogisticModel

  mutating func splits(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool {
    junctures.score(slots) > 0
  }

  mutating func endsSentence(_ slots: borrowing FeatureSlots, at offset: Int) -> Bool {
    sentences.score(slots) > 0
  }
}

func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "kinds":
  try write(KindTable.source(), to: arguments[2])

case "weights":
  let paths = Array(arguments[3...])
  let (junctures, sentences) = try train(paths)
  let scale: Float = 18
  let j = junctures.quantized(scale: scale)
  let s = sentences.quantized(scale: scale)
  // In favour of boundaries, as the F1 score of something rare asks for; chosen on dev.
  let shift = Int(0.5 * scale)
  try write(
    """
    // Made by Scripts/train-tokenizer; do not edit.
    //
    // Learned from the training parts of UD English-EWT and UD English-GUM (openly licensed genres);
    // these numbers are under CC BY-SA 4.0.

    /// The learned weights of the tokenizer, see `LinearTable`.
    // swift-format-ignore
    enum TokenizerWeights {
      static let junctureBias: Int32 = \(j.bias)
      static let sentenceBias: Int32 = \(s.bias + shift)

      static let junctures: StaticString = #\"""
    \(j.rows.joined(separator: "\n"))
    \"""#

      static let sentences: StaticString = #\"""
    \(s.rows.joined(separator: "\n"))
    \"""#
    }

    """, to: arguments[2])

case "try":
  // Trains and scores without writing anything, to choose features and settings:
  //   TokenizerTraining try TRAIN.conllu… -- DEV.conllu…
  let separator = arguments.firstIndex(of: "--")!
  let paths = Array(arguments[2..<separator])
  let (junctures, sentences) = try train(paths)
  for path in arguments[(separator + 1)...] {
    for layout in [GoldText.Layout.paragraphs, .line] {
      let gold = try GoldText(path: path, layout: layout)
      for shift in stride(from: Float(0), through: 1.5, by: 0.25) {
        var shifted = sentences
        shifted.bias += shift
        let text = try gold.bytes.withUnsafeBufferPointer {
          try Tokenizer().tokenize($0, judge: Student(junctures: junctures, sentences: shifted))
            .text
        }
        let result = agreement(text, gold)
        print(
          path.split(separator: "/").suffix(2).joined(separator: "/"), layout.rawValue, shift,
          percent(result.tokens), percent(result.words), percent(result.sentences))
      }
    }
  }

case "score":
  for path in arguments[2...] {
    for layout in GoldText.Layout.allCases {
      let gold = try GoldText(path: path, layout: layout)
      for language in Tokenizer.Language.allCases {
        let result = try score(Tokenizer(language: language), gold)
        print(
          "\(path.split(separator: "/").suffix(2).joined(separator: "/")) \(layout.rawValue)",
          "\(language.rawValue): tokens \(percent(result.tokens)), words \(percent(result.words)),",
          "sentences \(percent(result.sentences))")
      }
    }
  }

case "errors":
  let gold = try GoldText(path: arguments[2], layout: .paragraphs)
  let text = try Tokenizer().tokenize(gold.bytes)
  let what = arguments[3]
  let g = what == "sentences" ? gold.sentences : gold.words
  let p = what == "sentences" ? text.sentences : text.words
  let goldEnds = Set(g.map(\.end))
  let predictedEnds = Set(p.map(\.end))
  for end in goldEnds.symmetricDifference(predictedEnds).sorted() {
    let e = Int(end)
    let left = String(decoding: gold.bytes[max(0, e - 40)..<e], as: UTF8.self)
    let right = String(decoding: gold.bytes[e..<min(gold.bytes.count, e + 30)], as: UTF8.self)
    let line = (goldEnds.contains(end) ? "missed " : "wrong  ") + left + "¦" + right
    print(line.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "⏎"))
  }

case "show":
  // A sentence a line; tokens apart by a space, words of a token by `|`.
  var bytes: [UInt8] = []
  while let line = readLine(strippingNewline: false) { bytes += line.utf8 }
  let language = arguments.dropFirst(2).first.flatMap(Tokenizer.Language.init) ?? .english
  let text = try Tokenizer(language: language).tokenize(bytes)
  for sentence in 0..<text.sentenceCount {
    var line = ""
    for word in text.wordIndices(ofSentence: sentence) {
      line += text.continuations[word] ? "|" : line.isEmpty ? "" : " "
      line += String(decoding: bytes[text.words[word].indices], as: UTF8.self)
    }
    print(line)
  }

case "speed":
  var bytes = try GoldText(path: arguments[2], layout: .paragraphs).bytes
  while bytes.count < 20_000_000 { bytes += [0x0A, 0x0A] + bytes }
  var text = TokenizedText()
  let clock = ContinuousClock()
  for _ in 0..<3 {
    let time = try clock.measure {
      try bytes.withUnsafeBufferPointer { try Tokenizer().tokenize($0, into: &text) }
    }
    print(bytes.count, text.words.count, time)
  }

default:
  print("TokenizerTraining kinds|weights|score …")
}
