using System.Globalization;
using Realtime.Protocol.Messages;

namespace Realtime.Protocol.Events;

/// <summary>Collects what is wrong with a request to publish, by place, up to the limit.</summary>
internal sealed class PublishErrors
{
    private readonly List<PublishError> _errors = [];

    /// <summary>Number of the event being read; null if the body is one event, not an array.</summary>
    public int? Event { get; set; }

    public int Count => _errors.Count;

    public bool IsFull => _errors.Count >= PublishLimits.ErrorsMax;

    public IReadOnlyList<PublishError> List => _errors;

    /// <summary>Notes an error in a field of the event being read; without a field, in the event itself.</summary>
    public void Add(string? field, string detail, string code = ErrorCodes.BadRequest)
    {
        string where = Event is { } number ? string.Create(CultureInfo.InvariantCulture, $"/{number}") : string.Empty;
        AddAt(field is null ? where : $"{where}/{field}", code, detail);
    }

    /// <summary>Notes that the body as a whole is wrong; whatever was found in it is then of no use.</summary>
    public void Replace(string code, string detail)
    {
        _errors.Clear();
        AddAt(string.Empty, code, detail);
    }

    private void AddAt(string where, string code, string detail)
    {
        if (!IsFull)
        {
            _errors.Add(new PublishError(where, code, detail));
        }
    }
}
