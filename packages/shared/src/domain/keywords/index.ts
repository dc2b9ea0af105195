export {
  classify,
  createClassifier,
  type Classification,
  type Classify,
  type KeywordClassification,
  type MessageText,
} from './classify';
export { KeywordConfig } from './keyword-config';
export { keywordWarnings } from './keyword-warnings';
