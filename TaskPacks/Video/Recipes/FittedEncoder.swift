internal import SeqCore
internal import SeqInference
internal import SeqModel
internal import SeqNeural

/// What scores frames, when it has learnt.
enum FittedEncoder {
  case trained(NetworkTrainer)
  case gaussian(GaussianFit)

  func scorer(threads: Int) -> NetworkScorer {
    switch self {
    case .trained(let trainer): trainer.scorer(threads: threads)
    case .gaussian(let fit): fit.scorer(threads: threads)
    }
  }

  func model(
    _ manifest: ModelManifest, _ decoder: ScoreDecoder, extras: [String: String]
  ) -> NetworkModel {
    switch self {
    case .trained(let trainer): trainer.model(manifest, decoder: decoder, extras: extras)
    case .gaussian(let fit): fit.model(manifest, decoder: decoder, extras: extras)
    }
  }
}

/// A decoder to be tried: its structure, how much frames' scores count against steps, and how much of
/// the labels' frequencies is taken out of them.
struct DecoderSetting: Hashable {
  var decoding: Recipe.Decoding
  var scale: Float
  var prior: Float

  /// All settings of some structures.
  static func all(_ decodings: [Recipe.Decoding]) -> [DecoderSetting] {
    decodings.flatMap { decoding in
      if decoding == .independent {
        return [DecoderSetting(decoding: decoding, scale: 1, prior: 0)]
      }
      return [1, 0.5, 0.25, 0.1, 0.05, 0.02].flatMap { (scale: Float) in
        [0, 0.5, 1].map { DecoderSetting(decoding: decoding, scale: scale, prior: $0 * scale) }
      }
    }
  }

  /// The decoder, with steps and durations as in the given labels.
  func decoder(_ estimation: DecoderEstimation) -> ScoreDecoder {
    let structure: ScoreDecoder.Structure =
      switch decoding {
      case .independent: .independent
      case .chain: .chain(estimation.chain())
      case .segments: .segments(estimation.segments())
      }
    return ScoreDecoder(
      scale: scale, offsets: estimation.offsets(weight: prior), structure: structure)
  }

  /// For people.
  var sentence: String {
    decoding == .independent
      ? "the best label of each frame" : "\(decoding) decoding, scores × \(scale)"
  }
}
