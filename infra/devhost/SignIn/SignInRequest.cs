using System.Text.Json.Serialization;

namespace Realtime.Devhost.SignIn;

/// <summary>Body of <c>POST /sign-in</c>.</summary>
/// <param name="Code">The link's code.</param>
internal sealed record SignInRequest([property: JsonPropertyName("code")] string? Code);
