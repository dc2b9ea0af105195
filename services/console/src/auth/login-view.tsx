import { Notice } from '../views/notice';

/** The form to log in by. @param next the path that was asked for */
export const LoginView = ({
  next,
  error,
}: {
  readonly next: string;
  readonly error?: string | undefined;
}) => (
  <form method="post" action="/login" class="login">
    {error !== undefined && <Notice tone="bad">{error}</Notice>}
    <input type="hidden" name="next" value={next} />
    <label>
      Name
      <input name="name" required autocomplete="username" maxLength={100} autofocus />
    </label>
    <label>
      Password
      <input name="password" type="password" required autocomplete="current-password" maxLength={1024} />
    </label>
    <button type="submit">Log in</button>
  </form>
);
