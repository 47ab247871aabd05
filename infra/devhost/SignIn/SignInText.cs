namespace Realtime.Devhost.SignIn;

/// <summary>What the devhost prints about opening the page.</summary>
internal static class SignInText
{
    /// <summary>The first lines of the banner: the link, or why there is none.</summary>
    public static string OfBanner(string? link) => link is null
        ? """
          There is no page: this edge was built without. Install Node.js 18 or newer with npm, and start again.

          """
        : $"""
          Watch in a browser:  {link}
            It will warn that the certificate is self-made, and so it is: go on. The link is good for one sign-in;
            when it is used, the next one is printed here.

          """;

    /// <summary>After a sign-in.</summary>
    public static string OfNext(string? link) => $"Signed in. The next link, for another browser:  {link}";
}
