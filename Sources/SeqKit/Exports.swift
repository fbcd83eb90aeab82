// The front door shows the nouns of the layers below, so that `import SeqKit` is enough.
@_exported public import SeqCore
@_exported public import SeqFeatures
@_exported public import SeqFormats
@_exported public import SeqInference
@_exported public import SeqMetrics
@_exported public import SeqModel
@_exported public import SeqMotifs
@_exported public import SeqNeural
@_exported public import SeqPack
@_exported public import SeqTraining
