import BiosequencePack
import LanguagePack
import SeqCommand
import SeqPack

SeqCommand.main(
  PackRegistry([
    PartOfSpeechPack.self,
    SemanticRolePack.self,
    BiosequencePack.self,
    EntityPack.self,
  ]))
