using Realtime.Hosting.Identity.Keys;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>A key of an identity provider.</summary>
/// <param name="Id">Its <c>kid</c>; null if it has none.</param>
/// <param name="Key">The key.</param>
internal readonly record struct JwksKey(string? Id, ITokenKey Key);
