import BiosequencePack
import LanguagePack
import SeqCommand
import SeqPack
import VideoPack

SeqCommand.main(
  PackRegistry([
    PartOfSpeechPack.self,
    SemanticRolePack.self,
    BiosequencePack.self,
    EntityPack.self,
    VideoPack.self,
  ]))
