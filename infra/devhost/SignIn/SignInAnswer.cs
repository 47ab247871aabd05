using System.Text.Json.Serialization;

namespace Realtime.Devhost.SignIn;

/// <summary>Answer of <c>POST /sign-in</c>.</summary>
/// <param name="Token">What the page watches with.</param>
internal sealed record SignInAnswer([property: JsonPropertyName("token")] string Token);
