using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Hosting.Identity;

/// <summary>
/// What is done with the keys that edges and workers share: the first signs, all are accepted. What kind of text is
/// signed (its domain) goes into the MAC, so that no stamp of one kind passes for one of another.
/// </summary>
internal sealed class StampKeys(InternalKeys keys, string domain)
{
    /// <summary>The base64url MAC of a text.</summary>
    public string Sign(string text) => MacOf(text, keys.Current[0]);

    /// <summary>Whether it is the MAC of a text by one of the keys.</summary>
    // The texts are compared, not the bytes: two texts of one MAC (base64url has unused bits) are not both right.
    public bool IsSigned(string text, ReadOnlySpan<char> mac)
    {
        bool found = false;
        foreach (byte[] key in keys.Current)
        {
            found |= CryptographicOperations.FixedTimeEquals(
                MemoryMarshal.AsBytes(MacOf(text, key).AsSpan()),
                MemoryMarshal.AsBytes(mac));
        }

        return found;
    }

    private string MacOf(string text, byte[] key) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(domain + text)));
}
