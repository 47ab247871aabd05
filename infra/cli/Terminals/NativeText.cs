using System.Runtime.InteropServices;
using System.Text;

namespace Realtime.Cli.Terminals;

/// <summary>Lists of texts as C wants them: pointers to bytes that end with 0, the last one null.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private readonly byte** _texts;
    private readonly int _count;

    public NativeText(IReadOnlyList<byte[]> texts)
    {
        _count = texts.Count;
        _texts = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            _texts[i] = (byte*)NativeMemory.AllocZeroed((nuint)texts[i].Length + 1);
            texts[i].CopyTo(new Span<byte>(_texts[i], texts[i].Length));
        }
    }

    public NativeText(IEnumerable<string> texts)
        : this([.. texts.Select(Encoding.UTF8.GetBytes)])
    {
    }

    /// <summary>All of them.</summary>
    public byte** List => _texts;

    /// <summary>The first of them.</summary>
    public byte* First => _texts[0];

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            NativeMemory.Free(_texts[i]);
        }

        NativeMemory.Free(_texts);
    }
}
