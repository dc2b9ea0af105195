/** Which of an account's senders belong to another workspace than the account. */
export interface SenderRoute {
  /** Messaging Services and numbers, spelled as Twilio does. */
  readonly senders: readonly string[];
  readonly workspace: string;
}

/** An account and the workspace that its people are in. */
export interface AccountRoute {
  readonly sid: string;
  readonly workspace: string;
  /** Its Messaging Services with their numbers, as far as they are configured. */
  readonly services?: ServiceNumbers;
  /** Senders whose people are in another workspace. */
  readonly routes?: readonly SenderRoute[];
  /** Its numbers outside of a Messaging Service, as far as they are configured. */
  readonly numbers?: readonly string[];
  /** How metrics name its senders, as far as it is configured. */
  readonly sender_names?: Readonly<Record<string, string>>;
}

/** The numbers of Messaging Services, by the SID of the service. */
type ServiceNumbers = Readonly<Record<string, readonly string[]>>;
