import SeqCore
import SeqFeatures
import Testing

/// Words of a text, tokens apart by a space, words of a token by `|`, sentences by ` ¶ `.
func segmented(_ text: String, _ tokenizer: Tokenizer = Tokenizer()) throws -> String {
  let bytes = Array(text.utf8)
  let result = try tokenizer.tokenize(bytes)
  var line = ""
  for sentence in 0..<result.sentenceCount {
    if sentence > 0 { line += " ¶" }
    for word in result.wordIndices(ofSentence: sentence) {
      line += result.continuations[word] ? "|" : line.isEmpty ? "" : " "
      line += String(decoding: bytes[result.words[word].indices], as: UTF8.self)
    }
  }
  return line
}

@Suite("Tokenizer: a table of cases for every rule")
struct TokenizerRuleTests {
  @Test(
    "contractions are one token and several words",
    arguments: [
      ("I don't know", "I do|n't know"), ("Can't you?", "Ca|n't you ?"),
      ("it's John's", "it|'s John|'s"), ("it’s", "it|’s"), ("we cannot go", "we can|not go"),
      ("gonna GONNA", "gon|na GON|NA"), ("I'd've gone", "I|'d|'ve gone"),
      ("they'll say you're", "they|'ll say you|'re"), ("dont worry", "do|nt worry"),
      ("dunno", "du|n|no"), ("the dogs' toys", "the dogs|' toys"), ("o'clock", "o'clock"),
    ])
  func contractions(_ text: String, _ expected: String) throws {
    #expect(try segmented(text) == expected)
  }

  @Test(
    "abbreviations keep their points and end no sentence",
    arguments: [
      ("Mr. Smith and Dr. Jones", "Mr. Smith and Dr. Jones"),
      ("the U.S. army", "the U.S. army"), ("at 5 p.m. on", "at 5 p.m. on"),
      ("books by J. K. Rowling", "books by J. K. Rowling"),
      ("fruit, e.g. apples", "fruit , e.g. apples"),
    ])
  func abbreviations(_ text: String, _ expected: String) throws {
    #expect(try segmented(text) == expected)
  }

  @Test(
    "URLs, addresses, file names and emoticons stay whole",
    arguments: [
      ("see http://a.org/x_y?z=1&w=(2), ok", "see http://a.org/x_y?z=1&w=(2) , ok"),
      ("(https://a.org/b)", "( https://a.org/b )"), ("<http://a.org>", "< http://a.org >"),
      ("go to www.example.com.", "go to www.example.com ."),
      ("mail jo.do@example.co.uk, please", "mail jo.do@example.co.uk , please"),
      ("open read_me.txt now", "open read_me.txt now"),
      ("at example.com/a-b", "at example.com/a-b"),
      ("great :-)", "great :-)"), ("sad :((", "sad :(("), ("(see: this)", "( see : this )"),
      ("I <3 it", "I <3 it"), ("^_^", "^_^"), ("#tag and @name", "#tag and @name"),
    ])
  func wholes(_ text: String, _ expected: String) throws {
    #expect(try segmented(text) == expected)
  }

  @Test(
    "numbers, dates, currency and units",
    arguments: [
      ("$3.50 or €2,000.00", "$ 3.50 or € 2,000.00"),
      ("on 12/31/2005 at 10:30", "on 12/31/2005 at 10:30"),
      ("50%", "50 %"), ("the '60s and 1980s", "the '60s and 1980s"), ("1st", "1st"),
    ])
  func numbers(_ text: String, _ expected: String) throws {
    #expect(try segmented(text) == expected)
  }

  @Test(
    "hyphens, slashes, dashes and repeated marks",
    arguments: [
      ("a well-known man", "a well - known man"), ("e-mail", "e-mail"), ("and/or", "and / or"),
      ("AT&T", "AT&T"), ("well...", "well ..."), ("no way!!!", "no way !!!"),
      ("***** $$$", "***** $$$"),
      ("it -- or not", "it -- or not"), ("a—b", "a — b"), ("“quoted”", "“ quoted ”"),
    ])
  func marks(_ text: String, _ expected: String) throws {
    #expect(try segmented(text) == expected)
  }

  @Test(
    "sentences end at final marks, blank lines and ends of short lines",
    arguments: [
      ("He left. She stayed.", "He left . ¶ She stayed ."),
      ("Really? Yes!", "Really ? ¶ Yes !"), ("A title\n\nand a text", "A title ¶ and a text"),
      ("He said \"Go.\" Then he left.", "He said \" Go . \" ¶ Then he left ."),
      ("Milk\nBread\nEggs", "Milk ¶ Bread ¶ Eggs"),
    ])
  func sentences(_ text: String, _ expected: String) throws {
    #expect(try segmented(text) == expected)
  }

  @Test("what a line break means can be chosen")
  func lineBreaks() throws {
    let text = "one two\nThree four"
    #expect(try segmented(text, Tokenizer(lineBreaks: .sentences)) == "one two ¶ Three four")
    #expect(try segmented(text, Tokenizer(lineBreaks: .spaces)) == "one two Three four")
    let wrapped = """
      This is a paragraph that was wrapped by an editor at a width of seventy two
      characters so that its lines are about as long as one another, and no line
      ends a sentence before the last.
      """
    #expect(try Tokenizer().tokenize(Array(wrapped.utf8)).sentenceCount == 1)
  }

  @Test(
    "other scripts follow UAX #29",
    arguments: Tokenizer.Language.allCases,
    [
      ("我们走吧。今天", "我 们 走 吧 。 ¶ 今 天"), ("カタカナとひら", "カタカナ と ひ ら"),
      ("สวัสดีครับ ผมชื่อ", "สวัสดีครับ ผมชื่อ"),
      ("مرحبا، كيف حالك؟ أنا", "مرحبا ، كيف حالك ؟ ¶ أنا"),
      ("नमस्ते दुनिया। यह", "नमस्ते दुनिया । ¶ यह"), ("क्षत्रिय", "क्षत्रिय"),
      ("Ankara'da İstanbul’un", "Ankara'da İstanbul’un"), ("l'homme", "l'homme"),
      ("Привет, мир!", "Привет , мир !"), ("שלום עולם", "שלום עולם"),
      ("한국어 시험", "한국어 시험"), ("e\u{301}t\u{E9}", "e\u{301}t\u{E9}"),
      ("👩‍👩‍👧🇩🇪🇫🇷👍🏽", "👩‍👩‍👧 🇩🇪 🇫🇷 👍🏽"), ("1️⃣", "1️⃣"), ("т.д", "т.д"),
    ])
  func scripts(_ language: Tokenizer.Language, _ sample: (text: String, expected: String)) throws {
    #expect(try segmented(sample.text, Tokenizer(language: language)) == sample.expected)
  }

  @Test("universal: apostrophes stay inside words, numbers keep their points")
  func universal() throws {
    let tokenizer = Tokenizer(language: .universal)
    #expect(
      try segmented("Don't pay 3.14, it's 5kg a_b", tokenizer) == "Don't pay 3.14 , it's 5kg a_b")
  }
}
