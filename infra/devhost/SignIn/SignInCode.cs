using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Devhost.SignIn;

/// <summary>
/// The code of the link that opens the page. There is always one that is good, for one sign-in; using it makes the
/// next.
/// </summary>
internal sealed class SignInCode
{
    // 128 bits: beyond guessing, so that attempts need no limit.
    private const int HexDigits = 32;

    private readonly Lock _lock = new();
    private string _current = New();

    /// <summary>The one that is good now.</summary>
    public string Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Whether this is the good one; if so it no longer is. Compared in constant time.</summary>
    public bool TryUse([NotNullWhen(true)] string? offered)
    {
        lock (_lock)
        {
            if (offered is null
                || !CryptographicOperations.FixedTimeEquals(
                    Encoding.UTF8.GetBytes(offered), Encoding.UTF8.GetBytes(_current)))
            {
                return false;
            }

            _current = New();
            return true;
        }
    }

    private static string New() => RandomNumberGenerator.GetHexString(HexDigits, lowercase: true);
}
