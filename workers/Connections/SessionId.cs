using System.Security.Cryptography;

namespace Realtime.Workers.Connections;

/// <summary>What a connection is called in <c>welcome</c> and in logs.</summary>
internal static class SessionId
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 16;

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);
}
